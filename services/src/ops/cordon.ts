import type { Cluster } from "./cluster.js";
import { RefusedError } from "./refused.js";

/** The log directories of a broker in which Kafka places no new replicas; since 4.3, with the metadata version of 4.3. */
const SETTING = "cordoned.log.dirs";
const EVERY_DIRECTORY = "*";

const broker = (id: number) => ({ type: "broker", name: String(id) }) as const;

/** Which of these running brokers are cordoned. Those that do not answer are left out. */
export async function readCordoned(cluster: Cluster, brokers: readonly number[]): Promise<readonly number[]> {
  const settings = await cluster.configOf(brokers.map(broker), [SETTING]);
  return brokers.filter((id) => (settings.get(String(id))?.[SETTING] ?? "") !== "");
}

/**
 * Reconciles which of the running brokers are cordoned: Kafka places no new replicas on those, and serves what they have.
 *
 * @throws {@link RefusedError} when a broker does not answer, or Kafka refuses it.
 */
export async function cordonBrokers(
  cluster: Cluster,
  {
    brokers,
    cordoned,
    print,
  }: { brokers: readonly number[]; cordoned: readonly number[]; print: (line: string) => void },
): Promise<void> {
  const settings = await cluster.configOf(brokers.map(broker), [SETTING]);
  const silent = brokers.find((id) => !settings.has(String(id)));
  if (silent !== undefined)
    throw new RefusedError(
      `Broker ${silent} does not answer, so it is unknown whether it is cordoned. Run this again.`,
    );
  for (const id of brokers) {
    const wanted = cordoned.includes(id) ? EVERY_DIRECTORY : "";
    if ((settings.get(String(id))?.[SETTING] ?? "") === wanted) continue;
    await set(cluster, id, wanted, print);
  }
  if (cordoned.length === 0) print("No broker is cordoned.");
}

/**
 * Cordons brokers that will be drained and removed, as far as Kafka can: otherwise a topic that is created meanwhile could be placed on them.
 *
 * @returns those that were not cordoned before, for {@link uncordon}
 */
export async function cordonLeaving(
  cluster: Cluster,
  { keep, print }: { keep: readonly number[]; print: (line: string) => void },
): Promise<readonly number[]> {
  const { brokers } = await cluster.describe([]);
  const leaving = [...brokers.keys()].filter((each) => !keep.includes(each));
  const before = await readCordoned(cluster, leaving);
  const cordoned: number[] = [];
  for (const id of leaving.filter((each) => !before.includes(each))) {
    try {
      await set(cluster, id, EVERY_DIRECTORY, print);
      cordoned.push(id);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      print(`Broker ${id} is not cordoned, and may get replicas of new topics: ${error.message}`);
    }
  }
  return cordoned;
}

/** Lets brokers have new replicas again, such as those of {@link cordonLeaving} where the change is refused. A broker that does not answer stays cordoned, and that is said. */
export async function uncordon(
  cluster: Cluster,
  brokers: readonly number[],
  print: (line: string) => void,
): Promise<void> {
  for (const id of brokers) {
    await set(cluster, id, "", print).catch((error: unknown) => {
      print(`Broker ${id} stays cordoned until a change succeeds: ${(error as Error).message}`);
    });
  }
}

/**
 * Does work that cordons brokers, and takes that back when the work is refused. An interruption takes nothing back: the next run continues.
 *
 * @param work - adds the brokers that it cordons to the list
 */
export async function unlessRefused(
  work: (cordoned: number[]) => Promise<void>,
  takeBack: (cordoned: readonly number[]) => Promise<void>,
): Promise<void> {
  const cordoned: number[] = [];
  try {
    await work(cordoned);
  } catch (error) {
    if (error instanceof RefusedError && cordoned.length > 0) await takeBack(cordoned);
    throw error;
  }
}

async function set(cluster: Cluster, id: number, value: string, print: (line: string) => void): Promise<void> {
  try {
    await cluster.alterConfig(broker(id), { [SETTING]: value === "" ? undefined : value });
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    throw new RefusedError(
      `Broker ${id} cannot be cordoned: ${error.message} It needs Kafka 4.3 with its metadata version: see \`kafka.metadataVersion\`.`,
    );
  }
  print(value === "" ? `Broker ${id} is no longer cordoned.` : `Broker ${id} is cordoned: it gets no new replicas.`);
}
