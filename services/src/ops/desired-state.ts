import { z } from "zod";
import { parseJson, readJsonFile } from "./json-file.js";
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
  controllers: ids.optional(),
  users: usersForm.optional(),
  settings: z.record(z.string().min(1), z.string()),
  moves: z.strictObject({
    throttle: z.int().min(1_024),
    stallSeconds: z.int().min(1),
    rebalance: z.boolean(),
    wait: z.boolean(),
  }),
});

/**
 * What a cluster shall be, as `cluster.json` says it: what both Jobs around a change of the servers bring about, and what a preview tells people. The stack's
 * component makes it (`components/operations/desired-state.ts`, with what each field means).
 */
export type DesiredState = z.output<typeof form>;

/** Reads `cluster.json`. @throws RefusedError naming every field that is wrong */
export const readDesiredState = (path: string): Promise<DesiredState> => readJsonFile(path, form, "a cluster");

/** {@link readDesiredState} for text that is at hand; `source` is its name in errors. */
export const parseDesiredState = (text: string, source: string): DesiredState =>
  parseJson(text, source, form, "a cluster");
