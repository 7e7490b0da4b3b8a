import { ALL_BROKERS, type Cluster } from "./cluster.js";
import { RefusedError } from "./refused.js";

/**
 * Settings that are sizes of thread pools. A running broker takes a new size only from half to double the present one: `DynamicThreadPool` and `LogCleaner` of
 * Kafka 3.9.2, 4.2.1 and 4.3.1 refuse others.
 */
export const POOLS: ReadonlySet<string> = new Set([
  "background.threads",
  "log.cleaner.threads",
  "num.io.threads",
  "num.network.threads",
  "num.recovery.threads.per.data.dir",
  "num.replica.fetchers",
]);

const POLL_MS = 200;

/** The first step from the pool's sizes in the brokers that are up to `size`. */
export async function towards(cluster: Cluster, pool: string, size: string): Promise<string> {
  return String(commonStep(await sizes(cluster, pool), Number(size)));
}

/**
 * Brings a thread pool of all brokers to a size, in steps that Kafka takes; each when all brokers that are up have taken the last one.
 *
 * @param size - `undefined` for the size in the brokers' files, or Kafka's default
 * @param waitMs - how long the brokers may take for one step
 * @throws {@link RefusedError} naming a broker that does not take a step.
 */
export async function resizePool(
  cluster: Cluster,
  pool: string,
  size: string | undefined,
  { waitMs, print }: { readonly waitMs: number; readonly print: (line: string) => void },
): Promise<void> {
  const target = size === undefined ? Math.min(...(await sizes(cluster, pool, "file"))) : Number(size);
  for (;;) {
    const step = commonStep(await sizes(cluster, pool), target);
    if (step === target || !Number.isFinite(target)) break;
    print(`${pool}: ${step} on the way to ${target}`);
    await cluster.alterConfig(ALL_BROKERS, { [pool]: String(step) });
    await taken(cluster, pool, step, waitMs);
  }
  await cluster.alterConfig(ALL_BROKERS, { [pool]: size });
}

/** A size that every broker takes, as near to the target as possible: the brokers need not have the same one yet. */
function commonStep(present: readonly number[], target: number): number {
  if (present.length === 0) return target;
  const lowest = Math.max(...present.map((size) => Math.ceil(size / 2)));
  const highest = Math.min(...present.map((size) => size * 2));
  return Math.min(Math.max(target, lowest), highest);
}

/** Waits until all brokers that are up have the size. */
async function taken(cluster: Cluster, pool: string, size: number, waitMs: number): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const answers = await answersOf(cluster, pool);
    // One that does not answer has not said that it took it.
    if (answers.every((each) => each !== undefined && Number(each.used) === size)) return;
    if (Date.now() >= deadline) {
      const present = answers.map((each) => each?.used ?? "no answer");
      throw new RefusedError(
        `Not all brokers took ${pool} = ${size} within ${waitMs / 1_000} s; they have ${present.join(", ")}. Their logs say why.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The pool's size in each broker that is up and answers: the one in use, or that of its file. */
async function sizes(cluster: Cluster, pool: string, origin: "used" | "file" = "used"): Promise<number[]> {
  const answers = await answersOf(cluster, pool);
  return answers.flatMap((answer) => (answer === undefined ? [] : [Number(answer[origin])]));
}

/** What each broker that is up says of the pool; undefined of one that does not answer. */
async function answersOf(cluster: Cluster, pool: string) {
  const { brokers } = await cluster.describe([]);
  return Promise.all([...brokers.keys()].map((id) => cluster.brokerSetting(id, pool)));
}
