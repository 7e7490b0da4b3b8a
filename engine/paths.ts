/** Pulumi's property paths (`spec.template.spec.containers[0].image`, `metadata.annotations["a/b"]`), and diffs by path. */
import { equal, hasUnknown, isObject, isSecret, type PropertyMap, type Value } from "./values";

/** One step of a path: an object's key, an array's index, or `*` for any. */
export type Path = (string | number)[];

/**
 * Reads a property path.
 *
 * @throws when the path is malformed, naming it.
 */
export function parsePath(text: string): Path {
  const path: Path = [];
  let rest = text.startsWith(".") ? text.slice(1) : text;
  while (rest !== "") {
    const quoted = /^\["((?:[^"\\]|\\.)*)"\]\.?/.exec(rest);
    const index = /^\[(\d+|\*)\]\.?/.exec(rest);
    const key = /^([^.[\]]+)\.?/.exec(rest);
    if (quoted) {
      path.push((quoted[1] ?? "").replace(/\\(.)/g, "$1"));
      rest = rest.slice(quoted[0].length);
    } else if (index) {
      path.push(index[1] === "*" ? "*" : Number(index[1]));
      rest = rest.slice(index[0].length);
    } else if (key) {
      path.push(key[1] ?? "");
      rest = rest.slice(key[0].length);
    } else {
      throw new Error(`"${text}" is not a property path (expected a form like spec.containers[0].image)`);
    }
  }
  return path;
}

/** Writes a path in Pulumi's form. */
export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") {
      text += `[${step}]`;
    } else if (/^[A-Za-z_*][\w-]*$/.test(step)) {
      text += text === "" ? step : `.${step}`;
    } else {
      text += `["${step}"]`;
    }
  }
  return text;
}

/** Whether `path` is `prefix` or lies below it; `*` in the prefix matches any one step. */
export function contains(prefix: Path, path: Path): boolean {
  return prefix.length <= path.length && prefix.every((step, index) => step === "*" || step === path[index]);
}

/** Whether one path is the other or leads to it. */
export function related(a: Path, b: Path): boolean {
  return contains(a, b) || (a.length > b.length && contains(a.slice(0, b.length), b));
}

/** One difference between old and new properties. */
export interface Change {
  /** The path of the difference. */
  readonly path: Path;
  /** The kind of difference. */
  readonly kind: "add" | "update" | "delete";
  /** The old value, absent for an addition. */
  readonly old?: Value;
  /** The new value, absent for a deletion. */
  readonly new?: Value;
  /** Whether either value is secret, so that neither may be shown. */
  readonly secret: boolean;
}

/** All differences between two property maps, one for each differing leaf. An unknown new value counts as different. */
export function diff(before: PropertyMap, after: PropertyMap): Change[] {
  const changes: Change[] = [];
  compare([], before, after, false, changes);
  return changes;
}

function compare(
  path: Path,
  before: Value | undefined,
  after: Value | undefined,
  marked: boolean,
  out: Change[],
): void {
  const inSecret = marked || (before !== undefined && isSecret(before)) || (after !== undefined && isSecret(after));
  const a = before !== undefined && isSecret(before) ? before.value : before;
  const b = after !== undefined && isSecret(after) ? after.value : after;
  // All providers here treat null like an absent value.
  if (a === undefined || a === null) {
    if (b !== undefined && b !== null) {
      out.push({ path, kind: "add", new: b, secret: inSecret });
    }
    return;
  }
  if (b === undefined || b === null) {
    out.push({ path, kind: "delete", old: a, secret: inSecret });
    return;
  }
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      compare([...path, key], a[key], b[key], inSecret, out);
    }
    return;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
      compare([...path, index], a[index], b[index], inSecret, out);
    }
    return;
  }
  if (!equal(a, b) || hasUnknown(b)) {
    out.push({ path, kind: "update", old: a, new: b, secret: inSecret });
  }
}

/** The value at a path, `undefined` when there is none. */
export function valueAt(value: Value, path: Path): Value | undefined {
  return path.reduce<Value | undefined>((inner, step) => {
    if (Array.isArray(inner)) {
      return typeof step === "number" ? inner[step] : undefined;
    }
    return isObject(inner) ? inner[step] : undefined;
  }, value);
}

/** A copy with another value at a path. Missing objects on the way are created. */
export function withValueAt(node: Value | undefined, path: Path, value: Value): Value {
  const [step, ...rest] = path;
  if (step === undefined) {
    return value;
  }
  if (typeof step === "number") {
    const list = Array.isArray(node) ? [...node] : [];
    list[step] = withValueAt(list[step], rest, value);
    return list;
  }
  const map = isObject(node) ? node : {};
  return { ...map, [step]: withValueAt(map[step], rest, value) };
}

/** Restores the old value at each path (Pulumi's `ignoreChanges`). */
export function restore(paths: readonly string[], before: PropertyMap, after: PropertyMap): PropertyMap {
  let result: Value = after;
  for (const text of paths) {
    result = restoreOne(parsePath(text), before, result) ?? {};
  }
  return isObject(result) ? result : after;
}

function restoreOne(path: Path, before: Value | undefined, after: Value | undefined): Value | undefined {
  const [step, ...rest] = path;
  if (step === undefined) {
    return before;
  }
  if (step === "*") {
    const keys = Object.keys(isObject(before) || Array.isArray(before) ? before : {});
    return keys.reduce<Value | undefined>(
      (result, key) => restoreOne([Array.isArray(before) ? Number(key) : key, ...rest], before, result),
      after,
    );
  }
  if (Array.isArray(after) && typeof step === "number" && step < after.length) {
    const old = Array.isArray(before) ? before[step] : undefined;
    return after.map((item, index) => (index === step ? (restoreOne(rest, old, item) ?? null) : item));
  }
  if (isObject(after) || isObject(before)) {
    const copy: PropertyMap = isObject(after) ? { ...after } : {};
    const restored = restoreOne(rest, isObject(before) ? before[step] : undefined, copy[step]);
    if (restored === undefined) {
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- absence is the old value
      delete copy[step];
    } else {
      copy[step] = restored;
    }
    return copy;
  }
  return after;
}
