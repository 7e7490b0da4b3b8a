import { type Document, isMap, parseDocument } from "yaml";
import { z } from "zod";
import { metaOf, stackSchema } from "../../config";

type Schema = z.core.$ZodType;

/** A key without a default would have to be in every stack file. These defaults mean what the program does without the key. */
function defaultOf(key: string, schema: Schema): unknown {
  if (key === "topics") return [{ name: "chatroom", partitions: 12 }];
  return metaOf(schema).default ?? {};
}

/**
 * Pulumi.yaml with its `config:` block written anew from the schema; the rest, comments too, stays as it is. Keys have no types: the CLI would check values against
 * them itself and stop at the first wrong one, before the program can report all problems and what is allowed.
 */
export function projectFile(current: string): string {
  const document: Document = parseDocument(current);
  if (!isMap(document.contents)) throw new Error("Pulumi.yaml is not a map.");
  const config = Object.entries(stackSchema.shape).map(([key, schema]: [string, Schema]) => [
    key,
    { description: metaOf(schema).description, default: defaultOf(key, schema) },
  ]);
  document.set("config", document.createNode(Object.fromEntries(config)));
  return document.toString({ lineWidth: 0 });
}
