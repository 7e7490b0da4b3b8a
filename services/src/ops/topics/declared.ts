import { z } from "zod";
import { parseJson, readJsonFile } from "../json-file.js";

/** A topic as the stack declares it. */
export interface DeclaredTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Topic settings under Kafka's names. Others are left to the cluster's defaults. */
  readonly config: Readonly<Record<string, string>>;
}

/** The declaration of one of Kafka's own topics. */
export interface InternalTopic {
  readonly replicationFactor: number;
  /** @default what it has or inherits */
  readonly minInsyncReplicas?: number | undefined;
}

/** The content of `topics.json`. */
export interface Declaration {
  readonly topics: readonly DeclaredTopic[];
  /** Topics that Kafka itself creates, such as `__consumer_offsets`. @default they are left alone */
  readonly internal?:
    | {
        /** For topics that are not named, such as those of later versions. */
        readonly replicationFactor: number;
        readonly topics: Readonly<Record<string, InternalTopic>>;
      }
    | undefined;
  /** The cluster's future default `min.insync.replicas`. @default as it is */
  readonly minInsyncReplicas?: number | undefined;
}

const factor = z.int().min(1).max(32_767);

const topic = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,249}$/, "must be letters, digits, '.', '_' and '-', at most 249 characters")
    .refine((name) => name !== "." && name !== "..", "must not be '.' or '..'"),
  partitions: z.int().min(1).max(100_000),
  replicationFactor: factor,
  config: z.record(z.string(), z.string()).default({}),
});

/** The form of a {@link Declaration}. */
export const declarationForm = z.strictObject({
  topics: z.array(topic).refine((topics) => new Set(topics.map(({ name }) => name)).size === topics.length, {
    error: "must not declare a topic twice",
  }),
  internal: z
    .strictObject({
      replicationFactor: factor,
      topics: z.record(z.string(), z.strictObject({ replicationFactor: factor, minInsyncReplicas: factor.optional() })),
    })
    .optional(),
  minInsyncReplicas: factor.optional(),
});

/** Reads `topics.json`. @throws RefusedError naming every wrong field */
export const readDeclaration = (path: string): Promise<Declaration> => readJsonFile(path, declarationForm, "topics");

/** {@link readDeclaration} for a text; `source` is its name in errors. */
export const parseDeclaration = (text: string, source: string): Declaration =>
  parseJson(text, source, declarationForm, "topics");
