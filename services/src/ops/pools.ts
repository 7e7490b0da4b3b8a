import { ALL_BROKERS, type Cluster } from "./cluster.js";
import { RefusedError } from "./refused.js";

/**
 * Settings that are sizes of thread pools. A running broker accepts only sizes from half to double the current one: `DynamicThreadPool` and
 * `LogCleaner` of Kafka 3.9.2, 4.2.1 and 4.3.1 refuse others.
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

/** The first step from the running brokers' pool sizes to `size`. */
export async function towards(cluster: Cluster, pool: string, size: string): Promise<string> {
  return String(commonStep(await sizes(cluster, pool), Number(size)));
}

/**
 * Resizes a thread pool of all brokers in steps that Kafka accepts, each after all running brokers have applied the previous one.
 *
 * @param size - `undefined` for the size in the brokers' files, or Kafka's default
 * @param waitMs - how long the brokers may take for one step
 * @throws {@link RefusedError} naming a broker that does not apply a step.
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

/** The size closest to the target that every broker accepts; brokers may have different sizes. */
function commonStep(present: readonly number[], target: number): number {
  if (present.length === 0) return target;
  const lowest = Math.max(...present.map((size) => Math.ceil(size / 2)));
  const highest = Math.min(...present.map((size) => size * 2));
  return Math.min(Math.max(target, lowest), highest);
}

/** Waits until all running brokers have the size. */
async function taken(cluster: Cluster, pool: string, size: number, waitMs: number): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const answers = await answersOf(cluster, pool);
    // A broker that does not answer has not said that it applied the size.
    if (answers.every((each) => each !== undefined && Number(each.used) === size)) return;
    if (Date.now() >= deadline) {
      const present = answers.map((each) => each?.used ?? "no answer");
      throw new RefusedError(
        `Not all brokers applied ${pool} = ${size} within ${waitMs / 1_000} s; they have ${present.join(", ")}. Their logs say why.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The pool's size in each running broker that answers: the current one, or that of its file. */
async function sizes(cluster: Cluster, pool: string, origin: "used" | "file" = "used"): Promise<number[]> {
  const answers = await answersOf(cluster, pool);
  return answers.flatMap((answer) => (answer === undefined ? [] : [Number(answer[origin])]));
}

/** Each running broker's answer about the pool; undefined without one. */
async function answersOf(cluster: Cluster, pool: string) {
  const { brokers } = await cluster.describe([]);
  return Promise.all([...brokers.keys()].map((id) => cluster.brokerSetting(id, pool)));
}
