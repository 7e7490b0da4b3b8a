import { z } from "zod";
import { ALL_BROKERS, type Cluster } from "./cluster.js";
import { readJsonFile } from "./json-file.js";
import { POOLS, resizePool, towards } from "./pools.js";
import { RefusedError } from "./refused.js";
import { isSameValue } from "./same-value.js";
import { awaitInSync, raisedByDefault } from "./topics/in-sync.js";
import { MIN_ISR } from "./topics/plan.js";

const file = z.strictObject({ cluster: z.record(z.string().min(1), z.string()).default({}) });

/** With eligible leader replicas, Kafka itself keeps this setting in the cluster's dynamic ones, and refuses its removal. */
const KEPT_BY_KAFKA = new Set([MIN_ISR]);

/** Settings and their new values; `undefined` removes one, so that the brokers' files apply again. */
type Changes = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings of all brokers that Kafka can change at run time: `{"cluster": {"log.retention.ms": "3600000"}}`.
 *
 * @throws {@link RefusedError} when the file is malformed.
 */
export async function readClusterSettings(path: string): Promise<Readonly<Record<string, string>>> {
  return (await readJsonFile(path, file, "settings")).cluster;
}

/**
 * Asks Kafka whether it would accept the declared settings. Changes nothing.
 *
 * @throws {@link RefusedError} naming each refused setting, with Kafka's words.
 */
export async function checkClusterSettings(
  cluster: Cluster,
  declared: Readonly<Record<string, string>>,
  { print }: { readonly print: (line: string) => void },
): Promise<void> {
  const changes = await changesTo(cluster, declared);
  await refuseWhatKafkaRefuses(cluster, changes);
  print(Object.keys(changes).length === 0 ? "All settings are as declared." : "Kafka accepts all settings.");
}

/**
 * Reconciles the cluster-wide dynamic settings with the declaration: sets missing or different ones, and removes those that an earlier run set and
 * that are no longer declared. Brokers apply them without a restart. Sizes of thread pools, which Kafka changes by a factor of two at most, change in
 * steps. The default of `min.insync.replicas` is raised only once as many replicas are in sync.
 *
 * @param waitMs - how long the brokers may take for one step of a pool, and replicas until enough are in sync
 * @throws {@link RefusedError} naming each setting that Kafka cannot change at run time, with Kafka's words, or partitions with too few replicas in sync;
 *   nothing was changed then.
 */
export async function applyClusterSettings(
  cluster: Cluster,
  declared: Readonly<Record<string, string>>,
  { waitMs, print }: { readonly waitMs: number; readonly print: (line: string) => void },
): Promise<void> {
  const changes = await changesTo(cluster, declared);
  await refuseWhatKafkaRefuses(cluster, changes);
  for (const [key, value] of Object.entries(changes))
    print(value === undefined ? `remove ${key}` : `set ${key} = ${value}`);
  const minIsr = changes[MIN_ISR];
  if (minIsr !== undefined) {
    await awaitInSync(cluster, await raisedByDefault(cluster, Number(minIsr), print), { waitMs, print });
  }
  const isPool = ([key]: [string, unknown]) => POOLS.has(key);
  await cluster.alterConfig(ALL_BROKERS, Object.fromEntries(Object.entries(changes).filter((each) => !isPool(each))));
  for (const [pool, size] of Object.entries(changes).filter(isPool)) {
    await resizePool(cluster, pool, size, { waitMs, print });
  }
  print(Object.keys(changes).length === 0 ? "All settings are as declared." : "Done.");
}

async function changesTo(cluster: Cluster, declared: Readonly<Record<string, string>>): Promise<Changes> {
  // The entry exists, or configOf throws: this is no single broker that may be down.
  const present = (await cluster.configOf([ALL_BROKERS])).get("") ?? {};
  const changes: Record<string, string | undefined> = {};
  for (const [key, value] of Object.entries(declared)) if (!isSameValue(present[key], value)) changes[key] = value;
  for (const key of Object.keys(present)) if (!(key in declared) && !KEPT_BY_KAFKA.has(key)) changes[key] = undefined;
  return changes;
}

/** Kafka names no setting when it refuses several at once, so this asks for each alone. */
async function refuseWhatKafkaRefuses(cluster: Cluster, changes: Changes): Promise<void> {
  const asked: Record<string, string | undefined> = {};
  for (const [key, value] of Object.entries(changes)) {
    if (!POOLS.has(key)) asked[key] = value;
    // Only the first step can be checked now.
    else if (value !== undefined) asked[key] = await towards(cluster, key, value);
  }
  try {
    await cluster.alterConfig(ALL_BROKERS, asked, true);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const refusals: string[] = [];
    for (const [key, value] of Object.entries(asked)) {
      await cluster.alterConfig(ALL_BROKERS, { [key]: value }, true).catch((reason: unknown) => {
        if (!(reason instanceof RefusedError)) throw reason;
        const what = changes[key] === undefined ? `${key} cannot be removed` : `${key}: ${changes[key]} is refused`;
        refusals.push(`${what}: ${reason.message}`);
      });
    }
    throw refusals.length === 0 ? error : new RefusedError(refusals.join(" "));
  }
}
