import { z } from "zod";
import { type Path, valueAt } from "./problems";

type Schema = z.core.$ZodType;

/** What is known of a schema beside its form. */
export interface Meta {
  readonly description?: string;
  /** Whether its values belong into the encrypted config. */
  readonly secret?: boolean;
  /** What is allowed, in words, where the schema itself takes anything. */
  readonly allowed?: string;
  /** The default, when there is one that can be written down. */
  readonly default?: unknown;
}

/** The schema one layer inside a default, an optional or a conversion from text; undefined when it is none of these. */
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

/** What all layers of a schema say of it; the outer ones prevail. */
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

/** The variants of a schema: those of a union that a key tells apart, or the schema itself. */
export function variants(schema: Schema): readonly Schema[] {
  const inner = bare(schema);
  return inner instanceof z.ZodDiscriminatedUnion ? inner.options : [inner];
}

/** The keys of an object schema with the schema of each; none for any other. */
export function shapeOf(schema: Schema): Readonly<Record<string, Schema>> {
  const inner = bare(schema);
  return inner instanceof z.ZodObject ? inner.shape : {};
}

/** The variant that a value is of, by its `type`; the first when it names none. */
export function variantOf(schema: Schema, value: unknown): Schema {
  const type = valueAt(value, ["type"]);
  const all = variants(schema);
  const named = all.find((variant) => variantName(variant) === type);
  return named ?? all[0] ?? schema;
}

/** The `type` that a variant stands for, or undefined when it is no variant. */
export function variantName(schema: Schema): string | undefined {
  const type = shapeOf(schema).type;
  return type instanceof z.ZodLiteral ? String(type.value) : undefined;
}

/** The schema at a path; where there are variants, that of the config's `type`. */
export function schemaAt(root: Schema, path: Path, config: unknown): Schema | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return root;
  const inner = bare(variantOf(root, config));
  const next = inner instanceof z.ZodArray ? inner.element : shapeOf(inner)[key];
  return next && schemaAt(next, rest, valueAt(config, [key]));
}

/** The paths of every key in a schema, variants and all, in the order in which they were declared; keys of list entries are not among them. */
export function paths(schema: Schema): Path[] {
  return variants(schema).flatMap((variant) =>
    Object.entries(shapeOf(variant)).flatMap(([key, inner]) => [[key], ...paths(inner).map((path) => [key, ...path])]),
  );
}
