import { z } from "zod";
import { type Path, valueAt } from "./problems";

type Schema = z.core.$ZodType;

/** Metadata of a schema. */
export interface Meta {
  readonly description?: string;
  /** Whether its values belong in the encrypted config. */
  readonly secret?: boolean;
  /** What is allowed, in words, where the schema itself accepts anything. */
  readonly allowed?: string;
  /** The default, if it can be written down. */
  readonly default?: unknown;
}

/** The schema one layer inside a default, an optional or a conversion from text; undefined when there is no such layer. */
function inside(schema: Schema): Schema | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodExactOptional) {
    return schema.unwrap();
  }
  return schema instanceof z.ZodPipe ? schema.out : undefined;
}

/** The schema inside all its defaults, optionals and conversions. */
export function bare(schema: Schema): Schema {
  const inner = inside(schema);
  return inner ? bare(inner) : schema;
}

/** The metadata of all layers of a schema; outer layers prevail. */
export function metaOf(schema: Schema): Meta {
  const inner = inside(schema);
  const { description, secret, allowed } = z.globalRegistry.get(schema) ?? {};
  return {
    ...(inner && metaOf(inner)),
    ...(description !== undefined && { description }),
    ...(secret === true && { secret }),
    ...(typeof allowed === "string" && { allowed }),
    ...(schema instanceof z.ZodDefault && { default: schema.def.defaultValue }),
  };
}

/** The variants of a schema: those of a discriminated union, or the schema itself. */
export function variants(schema: Schema): readonly Schema[] {
  const inner = bare(schema);
  return inner instanceof z.ZodDiscriminatedUnion ? inner.options : [inner];
}

/** Whether a schema's values are secrets, or contain some. */
export const hasSecrets = (schema: Schema): boolean =>
  metaOf(schema).secret === true || variants(schema).some((one) => Object.values(shapeOf(one)).some(hasSecrets));

/** The keys of an object schema with the schema of each; none for any other. */
export function shapeOf(schema: Schema): Readonly<Record<string, Schema>> {
  const inner = bare(schema);
  return inner instanceof z.ZodObject ? inner.shape : {};
}

/** The variant of a value, by its `type`; the first when it has none. */
export function variantOf(schema: Schema, value: unknown): Schema {
  const type = valueAt(value, ["type"]);
  const all = variants(schema);
  const named = all.find((variant) => variantName(variant) === type);
  return named ?? all[0] ?? schema;
}

/** The `type` of a variant; undefined when the schema is not a variant. */
export function variantName(schema: Schema): string | undefined {
  const type = shapeOf(schema).type;
  return type instanceof z.ZodLiteral ? String(type.value) : undefined;
}

/** The schema at a path; among variants, that of the config's `type`. */
export function schemaAt(root: Schema, path: Path, config: unknown): Schema | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return root;
  const inner = bare(variantOf(root, config));
  const shape = shapeOf(inner);
  const next = inner instanceof z.ZodArray ? inner.element : Object.hasOwn(shape, key) ? shape[key] : undefined;
  return next && schemaAt(next, rest, valueAt(config, [key]));
}

/** The paths of all keys in a schema, with all variants, in the order of their declaration; without keys of list entries. */
export function paths(schema: Schema): Path[] {
  return variants(schema).flatMap((variant) =>
    Object.entries(shapeOf(variant)).flatMap(([key, inner]) => [[key], ...paths(inner).map((path) => [key, ...path])]),
  );
}
