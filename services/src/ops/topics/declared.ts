import { readFile } from "node:fs/promises";
import { z } from "zod";
import { RefusedError } from "../refused.js";

/** A topic as the stack declares it. */
export interface DeclaredTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Topic settings as Kafka names them. Settings that are not listed are left to the cluster's defaults. */
  readonly config: Readonly<Record<string, string>>;
}

const topic = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,249}$/, "must be letters, digits, '.', '_' and '-', at most 249 characters")
    .refine((name) => name !== "." && name !== "..", "must not be '.' or '..'"),
  partitions: z.int().min(1).max(100_000),
  replicationFactor: z.int().min(1).max(32_767),
  config: z.record(z.string(), z.string()).default({}),
});

const file = z.strictObject({
  topics: z.array(topic).refine((topics) => new Set(topics.map(({ name }) => name)).size === topics.length, {
    error: "must not declare a topic twice",
  }),
});

/**
 * Reads `topics.json`.
 *
 * @throws {@link RefusedError} naming every field that is wrong.
 */
export async function readDeclaredTopics(path: string): Promise<readonly DeclaredTopic[]> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new RefusedError(`${path} cannot be read: ${(error as Error).message}`);
  });
  return parseDeclaredTopics(text, path);
}

/** {@link readDeclaredTopics} for text that is at hand; `source` is its name in errors. */
export function parseDeclaredTopics(text: string, source: string): readonly DeclaredTopic[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new RefusedError(`${source} is not JSON: ${(error as Error).message}`);
  }
  const result = file.safeParse(json);
  if (result.success) return result.data.topics;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "it"}: ${issue.message}`);
  throw new RefusedError(`${source} does not declare topics as it should: ${problems.join("; ")}.`);
}
