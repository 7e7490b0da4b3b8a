import { ALL_BROKERS, type Cluster } from "../cluster.js";
import { RefusedError } from "../refused.js";
import { MIN_ISR, type TopicsPlan } from "./plan.js";

/** How long to wait until enough replicas are in sync. */
export interface InSyncOptions {
  /** Milliseconds. */
  readonly waitMs: number;
  readonly print: (line: string) => void;
}

/** Milliseconds between two looks. */
const PAUSE_MS = 500;

/** Partitions in an error; the others are counted. */
const MOST_NAMES = 5;

/**
 * Waits until every partition has as many replicas in sync as will be required of it. With fewer, writers with `acks=all` would be refused from the
 * moment at which the requirement is raised.
 *
 * @param required - `min.insync.replicas` by topic; topics that were deleted do not count
 * @throws {@link RefusedError} at the end of the time, naming partitions, what it would cost and what to do.
 */
export async function awaitInSync(
  cluster: Cluster,
  required: ReadonlyMap<string, number>,
  { waitMs, print }: InSyncOptions,
): Promise<void> {
  if (required.size === 0) return;
  const deadline = Date.now() + waitMs;
  for (let said = ""; ;) {
    const { topics } = await cluster.describe([...required.keys()]);
    const short = [...topics.values()].flatMap(({ name, partitions }) =>
      partitions
        .filter(({ isr }) => isr.length < (required.get(name) ?? 0))
        .map(({ index, isr, replicas }) => {
          const missing = replicas.filter((id) => !isr.includes(id)).join(", ");
          return `${name}-${index} (${isr.length} of ${replicas.length}, without ${missing === "" ? "any more" : missing})`;
        }),
    );
    if (short.length === 0) return;
    const more = short.length - MOST_NAMES;
    const names = `${short.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
    if (Date.now() >= deadline) {
      throw new RefusedError(
        `${MIN_ISR} is not raised, because too few replicas are in sync: ${names}. Writers with acks=all would be refused until there are more. ` +
          "The lower value stays, and nothing is lost. `npm run ops -- status` shows the brokers that are missing or behind: bring them back, then run this again.",
      );
    }
    if (names !== said) print(`Waiting for replicas before ${MIN_ISR} is raised: ${names}.`);
    said = names;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/**
 * What a plan requires of topics beyond what is required now.
 *
 * @param byDefault - the cluster's future default. @default its current one
 */
export async function raisedByPlan(
  cluster: Cluster,
  { setConfig }: TopicsPlan,
  byDefault: number | undefined,
): Promise<ReadonlyMap<string, number>> {
  const changed = setConfig.filter(({ changes }) => MIN_ISR in changes);
  const now = await cluster.effectiveTopicConfig(
    changed.map(({ name }) => name),
    MIN_ISR,
  );
  const raised = new Map<string, number>();
  for (const { name, changes } of changed) {
    const value = Number(changes[MIN_ISR] ?? byDefault ?? (await currentDefault(cluster)));
    if (value > Number(now.get(name) ?? value)) raised.set(name, value);
  }
  return raised;
}

/**
 * What a new default requires of topics that have no value of their own, beyond what is required now. A topic with fewer replicas will never meet it:
 * it is said, and not waited for.
 */
export async function raisedByDefault(
  cluster: Cluster,
  value: number,
  print: (line: string) => void,
): Promise<ReadonlyMap<string, number>> {
  if (value <= (await currentDefault(cluster))) return new Map();
  const { topics } = await cluster.describe();
  const own = await cluster.configOf(
    [...topics.keys()].map((name) => ({ type: "topic", name })),
    [MIN_ISR],
  );
  const inherit = [...topics.values()].filter(({ name }) => !(MIN_ISR in (own.get(name) ?? {})));
  const narrow = inherit.filter(({ partitions }) => partitions.some(({ replicas }) => replicas.length < value));
  if (narrow.length > 0) {
    print(
      `With fewer replicas than ${value}, so writers with acks=all will be refused: ${narrow.map(({ name }) => name).join(", ")}. Give them more replicas, or a lower ${MIN_ISR} of their own.`,
    );
  }
  return new Map(inherit.filter((topic) => !narrow.includes(topic)).map(({ name }) => [name, value]));
}

/** The default as a running broker has it. @throws {@link RefusedError} when none says it */
async function currentDefault(cluster: Cluster): Promise<number> {
  const dynamic = (await cluster.configOf([ALL_BROKERS], [MIN_ISR])).get("")?.[MIN_ISR];
  if (dynamic !== undefined) return Number(dynamic);
  const { brokers } = await cluster.describe([]);
  for (const id of brokers.keys()) {
    const setting = await cluster.brokerSetting(id, MIN_ISR);
    if (setting !== undefined) return Number(setting.used);
  }
  throw new RefusedError(`No broker says what ${MIN_ISR} is by default. Run this again.`);
}
