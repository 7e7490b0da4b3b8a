import { z } from "zod";
import { bare, metaOf, stackSchema, variantName } from "../../config";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Text that only a rate reads as a number. */
const RATE = "50MiB";

/** Encrypted values are `secure: …` in the stack file. */
const SECURE: JsonSchema = { type: "object", properties: { secure: { type: "string" } }, required: ["secure"] };

/** Adds what zod's own conversion omits: defaults of values that may be text, and their other forms. */
function complete(schema: z.core.$ZodType, json: JsonSchema): void {
  const meta = metaOf(schema);
  if (meta.default !== undefined) json.default = meta.default;
  delete json.secret;
  delete json.allowed;
  // For editors, a storage without a type is hostPath.
  if (variantName(schema) === "hostPath") delete json.required;
  if (json.anyOf) return;
  if (meta.secret) replace(json, either(json, SECURE));
  if (isNumber(schema) && z.safeParse(schema, RATE).success) {
    replace(json, either(json, { type: "string", pattern: "^\\d+(([KMGTP]i|[kMGTP])?B?)$" }));
  }
}

/** The JSON schema of a value, with its other forms. */
function either({ description, default: value, ...form }: JsonSchema, other: JsonSchema): JsonSchema {
  const told = { ...(description !== undefined && { description }), ...(value !== undefined && { default: value }) };
  return { ...told, anyOf: [form, other] };
}

const isNumber = (schema: z.core.$ZodType): boolean => bare(schema) instanceof z.ZodNumber;

/** Replaces the contents of a JSON schema. */
function replace(json: JsonSchema, by: JsonSchema): void {
  for (const key of Object.keys(json)) Reflect.deleteProperty(json, key);
  Object.assign(json, by);
}

/** A JSON schema of the stack files, `Pulumi.<stack>.yaml`, for editors. */
export function stackFileSchema(project: string): JsonSchema {
  const { $schema, properties = {} } = z.toJSONSchema(stackSchema, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      complete(zodSchema, jsonSchema);
    },
  });
  const own = Object.entries(stackSchema.shape).map(([key, schema]) => [
    `${project}:${key}`,
    // `pulumi config set replicas 4` writes a top-level number as text.
    isNumber(schema)
      ? either(properties[key] as JsonSchema, { type: "string", pattern: "^\\d+$" })
      : (properties[key] as JsonSchema),
  ]);
  return {
    ...($schema !== undefined && { $schema }),
    title: `Stack file of ${project}`,
    type: "object",
    properties: {
      config: {
        description: "The stack's config.",
        type: "object",
        properties: Object.fromEntries(own) as Record<string, JsonSchema>,
        // Other namespaces, such as kubernetes:, belong to providers.
        patternProperties: { [`^(?!${project}:)[^:]+:`]: true },
        additionalProperties: false,
      },
      encryptionsalt: { type: "string" },
      encryptedkey: { type: "string" },
      secretsprovider: { type: "string" },
      environment: true,
    },
    additionalProperties: false,
  };
}
