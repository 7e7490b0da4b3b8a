import { nearest } from "../kubernetes/nearest";
import { formatPath, refusal, show, type Path } from "../kubernetes/problems";

/** A problem of a value, at its path. */
export interface PathProblem {
  readonly path: Path;
  /** What is wrong and what is allowed, without a full stop. */
  readonly message: string;
}

/** The allowed form of a value, with words for it. */
export type Shape = TextShape | NumberShape | FlagShape | ListShape | MapShape | ObjectShape;

/** A text of a form. */
export interface TextShape {
  readonly is: "text";
  readonly form: RegExp;
  readonly allowed: string;
  /** Whether a port's number is allowed too, as in ports by name or number. */
  readonly orNumber?: boolean;
  /** Whether a text of the form fits nevertheless. @default every one does */
  readonly fits?: (text: string) => boolean;
}

/** A whole number between two inclusive bounds. */
export interface NumberShape {
  readonly is: "number";
  readonly min: number;
  readonly max: number;
  readonly allowed: string;
}

/** true or false. */
export interface FlagShape {
  readonly is: "flag";
  /** The only allowed value. @default both are */
  readonly only?: boolean;
  readonly allowed: string;
}

/** A list of values of one shape. */
export interface ListShape {
  readonly is: "list";
  readonly of: Shape;
  /** Whether an empty one is refused. */
  readonly filled?: boolean;
  readonly allowed: string;
}

/** A list with at least one entry. */
export const filled = (of: Shape, allowed: string): ListShape => ({ is: "list", of, allowed, filled: true });

/** A map with arbitrary keys. */
export interface MapShape {
  readonly is: "map";
  readonly of: Shape;
  /** The form of its keys. */
  readonly key: TextShape;
  readonly allowed: string;
}

/** An object of known fields. */
export interface ObjectShape {
  readonly is: "object";
  readonly fields: Readonly<Record<string, Shape>>;
  /** Required fields. */
  readonly needs: readonly string[];
  /** Kubernetes' fields that are refused, with the reason. */
  readonly refused: Readonly<Record<string, string>>;
  readonly allowed: string;
  /** What is wrong with fields together, of which each fits. */
  readonly together?: (value: Readonly<Record<string, unknown>>) => string | undefined;
}

/** Text of a form. */
export const text = (allowed = "text that is not empty", form = /^[^]+$/): TextShape => ({ is: "text", form, allowed });

/** One of several words. */
export const oneOf = (...words: readonly string[]): TextShape =>
  text(words.join(" or "), new RegExp(`^(${words.map((word) => word.replaceAll(".", "\\.")).join("|")})$`));

/** A whole number between two inclusive bounds. */
export const whole = (min: number, max: number): NumberShape => ({
  is: "number",
  min,
  max,
  allowed: `a whole number from ${min} to ${max}`,
});

/** true or false. */
export const flag: FlagShape = { is: "flag", allowed: "true or false" };

/** true or false, of which only one is allowed. */
export const only = (value: boolean): FlagShape => ({ is: "flag", only: value, allowed: String(value) });

/** A list. */
export const list = (of: Shape, allowed: string): ListShape => ({ is: "list", of, allowed });

/** A map with arbitrary keys. */
export const map = (of: Shape, allowed: string, key = text()): MapShape => ({ is: "map", of, key, allowed });

/** A map with known keys. A trailing `!` marks a required one. */
export function object(
  fields: Readonly<Record<string, Shape>>,
  refused: Readonly<Record<string, string>> = {},
  together?: ObjectShape["together"],
): ObjectShape {
  const named = Object.entries(fields).map(([name, shape]) => [name.replace(/!$/, ""), shape] as const);
  const needs = Object.keys(fields).flatMap((name) => (name.endsWith("!") ? [name.slice(0, -1)] : []));
  const allowed = `a map of ${named.map(([name]) => name).join(", ")}`;
  return { is: "object", fields: Object.fromEntries(named), needs, refused, allowed, ...(together && { together }) };
}

/** For objects that have exactly one of several fields. */
export const exactlyOne =
  (...names: readonly string[]) =>
  (value: Readonly<Record<string, unknown>>): string | undefined => {
    const found = names.filter((name) => value[name] !== undefined);
    return found.length === 1
      ? undefined
      : `must have one of ${names.join(", ")}; it has ${found.join(" and ") || "none"}`;
  };

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isPort = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;

/** Everything about a value that violates its shape, each at its path. */
export function misfits(shape: Shape, value: unknown, path: Path): PathProblem[] {
  const no = (): PathProblem[] => [{ path, message: refusal(value, shape.allowed) }];
  switch (shape.is) {
    case "text":
      if (shape.orNumber && isPort(value)) return [];
      return typeof value === "string" && shape.form.test(value) && shape.fits?.(value) !== false ? [] : no();
    case "number":
      return Number.isInteger(value) && Number(value) >= shape.min && Number(value) <= shape.max ? [] : no();
    case "flag":
      return typeof value === "boolean" && value === (shape.only ?? value) ? [] : no();
    case "list":
      if (!Array.isArray(value) || (shape.filled && value.length === 0)) return no();
      return value.flatMap((one: unknown, index) => misfits(shape.of, one, [...path, index]));
    case "map":
      if (!isMap(value)) return no();
      return Object.entries(value).flatMap(([key, one]) => [
        ...(shape.key.form.test(key) ? [] : [{ path: [...path, key], message: refusal(key, shape.key.allowed) }]),
        ...misfits(shape.of, one, [...path, key]),
      ]);
    case "object":
      return isMap(value) ? misfitsOf(shape, value, path) : no();
  }
}

/** The shape of a field; undefined when there is no such field. */
export const fieldOf = ({ fields }: ObjectShape, name: string): Shape | undefined =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

function unknown(name: string, { fields }: ObjectShape, path: Path): string {
  const known = Object.keys(fields);
  const meant = nearest(name, known);
  return meant === undefined
    ? `is unknown; known are ${known.map(show).join(", ")}`
    : `is unknown; did you mean ${formatPath([...path, meant])}?`;
}

function misfitsOf(shape: ObjectShape, value: Readonly<Record<string, unknown>>, path: Path): PathProblem[] {
  const missing = shape.needs
    .filter((name) => value[name] === undefined)
    .map((name) => ({ path: [...path, name], message: `is missing; allowed is ${shape.fields[name]?.allowed ?? ""}` }));
  const wrong = Object.entries(value).flatMap(([name, one]) => {
    if (one === undefined) return [];
    const field = fieldOf(shape, name);
    if (field) return misfits(field, one, [...path, name]);
    const reason = Object.hasOwn(shape.refused, name) ? shape.refused[name] : undefined;
    return [
      { path: [...path, name], message: reason === undefined ? unknown(name, shape, path) : `is refused: ${reason}` },
    ];
  });
  const all = [...missing, ...wrong];
  const message = all.length === 0 ? shape.together?.(value) : undefined;
  return message === undefined ? all : [{ path, message }];
}
