import { z } from "zod";
import { parseJson, readJsonFile } from "../json-file.js";

/** A topic as the stack declares it. */
export interface DeclaredTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Topic settings as Kafka names them. Settings that are not listed are left to the cluster's defaults. */
  readonly config: Readonly<Record<string, string>>;
}

/** What a topic of Kafka's own is to have. */
export interface InternalTopic {
  readonly replicationFactor: number;
  /** @default what it has, or what it inherits */
  readonly minInsyncReplicas?: number | undefined;
}

/** What `topics.json` says. */
export interface Declaration {
  readonly topics: readonly DeclaredTopic[];
  /** Topics that Kafka makes itself, such as `__consumer_offsets`. @default they are left alone */
  readonly internal?:
    | {
        /** For those that are not named, as those of later versions. */
        readonly replicationFactor: number;
        readonly topics: Readonly<Record<string, InternalTopic>>;
      }
    | undefined;
  /** The cluster's default `min.insync.replicas`, as it will be once all is done. @default as it is */
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

/** Reads `topics.json`. @throws RefusedError naming every field that is wrong */
export const readDeclaration = (path: string): Promise<Declaration> => readJsonFile(path, declarationForm, "topics");

/** {@link readDeclaration} for text that is at hand; `source` is its name in errors. */
export const parseDeclaration = (text: string, source: string): Declaration =>
  parseJson(text, source, declarationForm, "topics");
