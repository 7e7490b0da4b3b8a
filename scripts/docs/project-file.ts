import { type Document, isMap, parseDocument } from "yaml";
import { z } from "zod";
import { stackSchema } from "../../config/schema";
import { bare, metaOf } from "../../config/walk";

type Schema = z.core.$ZodType;

/** Pulumi's own names for types. Objects have none, so that their value may also be set as JSON text. */
function typeOf(schema: Schema): object {
  const inner = bare(schema);
  if (inner instanceof z.ZodNumber) return { type: "integer" };
  if (inner instanceof z.ZodArray) return { type: "array", items: { type: "object" } };
  return inner instanceof z.ZodObject || inner instanceof z.ZodDiscriminatedUnion ? {} : { type: "string" };
}

/** A key without a default would have to be in every stack file; what these stand for is what the program does without them. */
function defaultOf(key: string, schema: Schema): unknown {
  if (key === "topics") return [{ name: "chatroom", partitions: 12 }];
  return metaOf(schema).default ?? {};
}

/** Pulumi.yaml with its `config:` block written anew from the schema; the rest, comments too, stays as it is. */
export function projectFile(current: string): string {
  const document: Document = parseDocument(current);
  if (!isMap(document.contents)) throw new Error("Pulumi.yaml is not a map.");
  const config = Object.entries(stackSchema.shape).map(([key, schema]: [string, Schema]) => [
    key,
    { description: metaOf(schema).description, ...typeOf(schema), default: defaultOf(key, schema) },
  ]);
  document.set("config", document.createNode(Object.fromEntries(config)));
  return document.toString({ lineWidth: 0 });
}
