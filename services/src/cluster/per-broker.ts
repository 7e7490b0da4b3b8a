import { ConfigResourceTypes, describeConfigsV4, describeLogDirsV4, TimeoutError } from "@platformatic/kafka";
import type { KafkaClient } from "../kafka/client.js";
import type { DiskUse } from "./snapshot.js";

/** How long an answer is used, in ms: each takes a request to each broker. */
const FRESH_MS = 10_000;

/**
 * How long a broker is not asked about its disks again that let that question time out, in ms. With each such question a disk that hangs holds one of the broker's eight threads for requests,
 * which the others need.
 */
export const HUNG_MS = 300_000;

/** What each broker says of itself, as of the last few seconds. */
export class PerBroker<T> {
  readonly #ask: (broker: number) => Promise<T | undefined>;
  readonly #now: () => number;
  readonly #hungMs: number;
  readonly #hung = new Map<number, number>();
  #known: ReadonlyMap<number, T> = new Map();
  #at = -Infinity;

  /**
   * @param ask - undefined when the broker's version does not know it
   * @param now - in ms, of a clock that only goes forward
   * @param hungMs - how long a broker is not asked again that let the question time out. @default it is asked again with all others
   */
  constructor(ask: (broker: number) => Promise<T | undefined>, now: () => number, hungMs = 0) {
    this.#ask = ask;
    this.#now = now;
    this.#hungMs = hungMs;
  }

  /** The answers of these brokers. Those that do not answer are left out. */
  async read(brokers: readonly number[]): Promise<ReadonlyMap<number, T>> {
    if (this.#now() - this.#at < FRESH_MS) return this.#known;
    const answers = await Promise.all(
      brokers
        .filter((id) => this.#now() - (this.#hung.get(id) ?? -Infinity) >= this.#hungMs)
        .map(async (id): Promise<readonly [number, T][]> => {
          try {
            const answer = await this.#ask(id);
            return answer === undefined ? [] : [[id, answer]];
          } catch (error) {
            if (error instanceof TimeoutError && error.message === TIMED_OUT) this.#hung.set(id, this.#now());
            return [];
          }
        }),
    );
    this.#known = new Map(answers.flat());
    this.#at = this.#now();
    return this.#known;
  }
}

/** The library's message for a request that was sent and not answered; a connection that was not made has another one. */
const TIMED_OUT = "Request timed out";

/** The log directories of a broker in which Kafka places no new replicas. */
const CORDONED = "cordoned.log.dirs";

/** Whether a broker is cordoned; undefined when its version knows no cordons. */
export async function readCordon(client: KafkaClient, broker: number): Promise<boolean | undefined> {
  const asked = {
    resourceType: ConfigResourceTypes.BROKER,
    resourceName: String(broker),
    configurationKeys: [CORDONED],
  };
  const { results } = await client.request(broker, describeConfigsV4.api, [asked], false, false);
  const setting = results[0]?.configs.find(({ name }) => name === CORDONED);
  return setting && (setting.value ?? "") !== "";
}

/** How full a broker's disks are, without what is on them. It has a connection of its own, because a disk that hangs would hold up all that comes after it. */
export async function readDisk(client: KafkaClient, broker: number): Promise<DiskUse> {
  const { results } = await client.poll(broker, describeLogDirsV4.api, []).catch((error: unknown) => {
    // A directory that failed is an error of the whole answer.
    const { response } = error as { response?: describeLogDirsV4.DescribeLogDirsResponse };
    if (response === undefined || response.results.length === 0) throw error;
    return response;
  });
  const sizes = results
    .map(({ totalBytes, usableBytes }) => ({ size: Number(totalBytes), free: Number(usableBytes) }))
    .filter(({ size, free }) => size > 0 && free >= 0)
    .sort((one, other) => one.free / one.size - other.free / other.size);
  return {
    fullest: sizes[0] ?? null,
    directories: results.length,
    failed: results.filter(({ errorCode }) => errorCode !== 0).length,
  };
}
