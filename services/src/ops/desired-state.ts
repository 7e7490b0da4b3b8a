import { z } from "zod";
import { parseJson, readJsonFile } from "./json-file.js";
import { DEFAULT_DISK_LIMIT } from "./move/room.js";
import { declarationForm } from "./topics/declared.js";
import { usersForm } from "./users/declared.js";

const ids = z
  .array(z.int().min(0))
  .min(1)
  .refine((all) => new Set(all).size === all.length, { error: "must not name an id twice" });

const form = z.strictObject({
  ...declarationForm.shape,
  version: z.string().min(1),
  brokers: ids,
  cordoned: z.array(z.int().min(0)).optional(),
  controllers: ids.optional(),
  voters: ids.optional(),
  users: usersForm.optional(),
  settings: z.record(z.string().min(1), z.string()),
  moves: z.strictObject({
    throttle: z.int().min(1_024),
    stallSeconds: z.int().min(1),
    rebalance: z.boolean(),
    wait: z.boolean(),
    // Documents of earlier versions name neither of these.
    diskLimit: z.int().min(1).max(100).default(DEFAULT_DISK_LIMIT),
    evenBytes: z.boolean().default(false),
  }),
});

/**
 * The desired state of a cluster, as in `cluster.json`: the Jobs before and after a change of servers reconcile the cluster with it, and previews
 * describe it. A component writes it (`components/operations/desired-state.ts`, with the meaning of each field).
 */
export type DesiredState = z.output<typeof form>;

/** Reads `cluster.json`. @throws RefusedError naming every wrong field */
export const readDesiredState = (path: string): Promise<DesiredState> => readJsonFile(path, form, "a cluster");

/** {@link readDesiredState} for a text; `source` is its name in errors. */
export const parseDesiredState = (text: string, source: string): DesiredState =>
  parseJson(text, source, form, "a cluster");
