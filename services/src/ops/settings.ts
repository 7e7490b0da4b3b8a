import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Cluster } from "./cluster.js";
import { RefusedError } from "./refused.js";

const file = z.strictObject({ cluster: z.record(z.string().min(1), z.string()).default({}) });

/** With eligible leader replicas Kafka itself keeps this setting in the cluster's dynamic ones, and refuses to lose it. */
const KEPT_BY_KAFKA = new Set(["min.insync.replicas"]);

const ALL_BROKERS = { type: "broker", name: "" } as const;

/**
 * Reads settings for all brokers that Kafka can change while they run: `{"cluster": {"log.retention.ms": "3600000"}}`.
 *
 * @throws {@link RefusedError} when the file is something else.
 */
export async function readClusterSettings(path: string): Promise<Readonly<Record<string, string>>> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new RefusedError(`${path} cannot be read as JSON: ${(error as Error).message}`);
  }
  const result = file.safeParse(json);
  if (result.success) return result.data.cluster;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "it"}: ${issue.message}`);
  throw new RefusedError(`${path} does not declare settings as it should: ${problems.join("; ")}.`);
}

/**
 * Makes the cluster-wide dynamic settings those that are declared: sets what is missing or different, and removes what an earlier run set and
 * is declared no longer. Brokers apply them without a restart.
 *
 * @throws {@link RefusedError} with Kafka's words for a setting that it cannot change while brokers run; nothing was changed then.
 */
export async function applyClusterSettings(
  cluster: Cluster,
  declared: Readonly<Record<string, string>>,
  print: (line: string) => void,
): Promise<void> {
  const present = (await cluster.configOf([ALL_BROKERS])).get("") ?? {};
  const changes: Record<string, string | undefined> = {};
  for (const [key, value] of Object.entries(declared)) if (present[key] !== value) changes[key] = value;
  for (const key of Object.keys(present)) if (!(key in declared) && !KEPT_BY_KAFKA.has(key)) changes[key] = undefined;
  for (const [key, value] of Object.entries(changes))
    print(value === undefined ? `remove ${key}` : `set ${key} = ${value}`);
  await cluster.alterConfig(ALL_BROKERS, changes, true);
  await cluster.alterConfig(ALL_BROKERS, changes);
  print(Object.keys(changes).length === 0 ? "All settings are as declared." : "Done.");
}
