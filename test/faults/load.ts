import { setTimeout as delay } from "node:timers/promises";
import { notYet, until } from "kafka-stack-waiting";
import { KafkaClient } from "../../services/src/kafka/client";
import { PartitionWriter } from "../../services/src/kafka/partition-writer";
import { kcat } from "../support/kcat";
import { judge, type Judgement, type Written } from "./judge";

/** The topic of the load. */
export const TOPIC = "faults";

/** The brokers' address outside the cluster. */
export const BOOTSTRAP = { host: "localhost", port: 30099 };

/** Milliseconds between two records of a partition. */
const PACE_MS = 50;

/** How long a record is retried, in milliseconds: longer than any fault lasts. */
const PATIENCE_MS = 600_000;

/** The result of a fault, with the longest time to acknowledge a record, in milliseconds. */
export type Outcome = Judgement & { readonly longestStallMs: number };

/**
 * Writes numbered records to every partition of the topic until it ends: acks=all, idempotent, one after the other. Then another client reads them,
 * and the result is compared with what was acknowledged.
 */
export class Load {
  private readonly acknowledged: Written[] = [];
  private readonly stopping = new AbortController();
  private readonly since = Date.now();
  private longestStallMs = 0;
  private readonly running: Promise<unknown>;

  private constructor(
    private readonly client: KafkaClient,
    /** Distinguishes this load's records from those of others. */
    private readonly tag: string,
    private readonly partitions: number,
  ) {
    this.running = Promise.all(Array.from({ length: partitions }, (_, partition) => this.write(partition)));
  }

  /** Starts writing, and returns when every partition has acknowledged a record. */
  static async start(): Promise<Load> {
    const client = new KafkaClient({ bootstrap: [BOOTSTRAP], clientId: "faults", requestTimeoutMs: 5_000 });
    const { topics } = await client.metadata([TOPIC]);
    const partitions = topics.get(TOPIC)?.partitions.length ?? 0;
    if (partitions === 0) throw new Error(`there is no topic ${TOPIC}`);
    const load = new Load(client, `${process.pid}-${process.hrtime.bigint()}`, partitions);
    await load.acknowledges(1);
    // The first records established connections and a producer id; that is no stall.
    load.longestStallMs = 0;
    return load;
  }

  /** Waits until every partition has acknowledged this many more records. */
  async acknowledges(more: number): Promise<void> {
    const counts = () => {
      const of = new Array<number>(this.partitions).fill(0);
      for (const { partition } of this.acknowledged) of[partition] = (of[partition] ?? 0) + 1;
      return of;
    };
    const before = counts();
    const acknowledged = () => {
      const missing = counts().flatMap((count, partition) =>
        count < (before[partition] ?? 0) + more ? [partition] : [],
      );
      return missing.length === 0 || notYet(`partitions ${missing.join(", ")} of ${TOPIC} acknowledge nothing`);
    };
    await until(acknowledged, { what: `${more} more records are acknowledged`, timeout: 120_000, interval: PACE_MS });
  }

  /** Stops writing, and reads everything back. */
  async end(): Promise<Outcome> {
    await this.acknowledges(3);
    this.stopping.abort();
    await this.running;
    await this.client.close();
    const judgement = judge(this.acknowledged, await this.read());
    return { ...judgement, longestStallMs: Math.round(this.longestStallMs) };
  }

  private async write(partition: number): Promise<void> {
    const writer = new PartitionWriter(this.client, TOPIC, partition, Buffer.from(String(partition)));
    for (let sequence = 0; !this.stopping.signal.aborted; sequence++) {
      const started = performance.now();
      const value = Buffer.from(`${this.tag} ${partition} ${sequence}`);
      await writer.append(value, Date.now() + PATIENCE_MS).then(
        () => this.acknowledged.push({ partition, sequence }),
        () => undefined,
      );
      this.longestStallMs = Math.max(this.longestStallMs, performance.now() - started);
      await delay(PACE_MS);
    }
  }

  /** All records of this load in the log. kcat uses another client library than the writer. */
  private async read(): Promise<Written[]> {
    // The brokers' clocks are this machine's; a minute earlier is early enough in any case.
    const from = `s@${this.since - 60_000}`;
    const text = await kcat(["-C", "-t", TOPIC, "-o", from, "-e", "-q", "-f", "%s\n"]);
    return text.split("\n").flatMap((line) => {
      const [tag, partition, sequence] = line.split(" ");
      return tag === this.tag ? [{ partition: Number(partition), sequence: Number(sequence) }] : [];
    });
  }
}
