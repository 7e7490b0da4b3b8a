import { Agent, request } from "node:http";
import { notYet, until } from "kafka-stack-waiting";
import { KafkaClient, parseBootstrap } from "../../services/src/kafka/client";
import { RoomWriter } from "../../services/src/kchat/room-writer";
import { describeRatios, median } from "../ratios";
import { Child } from "./child";
import type { Latencies } from "./latencies";
import { atRate, stamped } from "./pace";
import { type Stage, TOPICS } from "./stage";

/** Messages per second, and for how many seconds. */
const LOADS = [
  { rate: 10, seconds: 15 },
  { rate: 100, seconds: 10 },
  { rate: 1_000, seconds: 8 },
] as const;
/** The sides take turns under each load, so that other changes on the machine affect both. */
const ROUNDS = 3;
/** Seconds of the same load before each measurement, so that both sides' code is compiled. */
const WARM_UP = 3;
/** Seconds of the highest load on each side before any measurement: the brokers' JVMs compile for as long. */
const BROKERS_WARM_UP = 15;
const READERS = [1, 100] as const;
/** Longest time that messages may take to arrive once Kafka has acknowledged them. */
const ARRIVAL_MS = 30_000;
/** Goal: the ratio of kchat's 99th percentile to that of Kafka alone. */
const GOAL = 1.5;
/** kproducer's defaults. */
const LIMITS = { bufferBytes: 16_777_216, timeoutMs: 10_000 } as const;

/**
 * Time from a message's sending to its arrival: from POST to event stream, beside produce to consume without the services. Both sides use the same producer code,
 * so both batch what is waiting and have one request in flight; a client that sends each message by itself falls behind at
 * rates at which kproducer does not.
 */
export async function latency(stage: Stage): Promise<string[]> {
  const client = new KafkaClient({ bootstrap: parseBootstrap(stage.bootstrap), clientId: "bench" });
  const writer = new RoomWriter(client, LIMITS);
  const produce = (message: string) => writer.append(TOPICS.raw, Buffer.from(message));
  const lines: string[] = [];
  try {
    await atRate(1_000, BROKERS_WARM_UP, () => produce(stamped()));
    await atRate(1_000, BROKERS_WARM_UP, poster(stage.ports.producer));
    for (const load of LOADS) {
      const raw: Latencies[] = [];
      const chat = READERS.map((count) => ({ count, measured: new Array<Latencies>() }));
      for (let round = 0; round < ROUNDS; round++) {
        raw.push(await measure(await rawConsumer(stage, produce), load, 1, () => produce(stamped())));
        for (const { count, measured } of chat) {
          const readers = await Child.start("stream-readers", String(stage.ports.consumer), String(count));
          // New connections: idle ones of an earlier measurement may be about to close.
          measured.push(await measure(readers, load, count, poster(stage.ports.producer)));
        }
      }
      lines.push(`${load.rate}/s, Kafka alone: ${shown(raw)}`);
      for (const { count, measured } of chat) {
        lines.push(`${load.rate}/s, ${count} readers: ${shown(measured)}; ${compared(measured, raw)}`);
      }
    }
    return lines;
  } finally {
    await client.close();
  }
}

/** A consumer that has its partition; only a received message shows that. */
async function rawConsumer(stage: Stage, produce: (message: string) => Promise<unknown>): Promise<Child> {
  const knocking = setInterval(() => void produce("knock").catch(() => undefined), 500);
  try {
    return await Child.start("raw-consumer", stage.bootstrap, TOPICS.raw);
  } finally {
    clearInterval(knocking);
  }
}

/** Applies load and asks `receiver` for the latencies; the receiver is stopped afterwards. */
async function measure(
  receiver: Child,
  { rate, seconds }: (typeof LOADS)[number],
  copies: number,
  send: () => Promise<unknown>,
): Promise<Latencies> {
  try {
    await atRate(rate, WARM_UP, send);
    await arrived(receiver, rate * WARM_UP * copies);
    await atRate(rate, seconds, send);
    return await arrived(receiver, rate * seconds * copies);
  } finally {
    await receiver.end();
  }
}

/** The latencies since the last call, once all messages have arrived. */
async function arrived(receiver: Child, count: number): Promise<Latencies> {
  const all = async () => {
    const missing = count - ((await receiver.ask("count")) as number);
    if (missing < 0) throw new Error(`${-missing} messages arrived twice.`);
    return missing === 0 || notYet(`${missing} did not arrive`);
  };
  await until(all, { what: "all messages have arrived", timeout: ARRIVAL_MS, interval: 10 });
  return (await receiver.ask("take")) as Latencies;
}

/** The median of the rounds, for each figure separately. */
function shown(rounds: readonly Latencies[]): string {
  const middle = (figure: keyof Latencies) => median(rounds.map((latencies) => latencies[figure])).toFixed(1);
  return `p50 ${middle("p50")} ms, p99 ${middle("p99")} ms, p99.9 ${middle("p999")} ms`;
}

function compared(chat: readonly Latencies[], raw: readonly Latencies[]): string {
  const ratios = chat.map(({ p99 }, round) => p99 / (raw[round]?.p99 ?? NaN));
  return `p99 ${describeRatios(ratios)} x Kafka alone (goal: ${GOAL})`;
}

/** Sends stamped messages to kproducer over connections that stay open. */
function poster(port: number): () => Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const options = { agent, port, host: "127.0.0.1", method: "POST", path: `/api/topics/${TOPICS.room}` };
  return () =>
    new Promise((resolve, reject) => {
      const body = stamped();
      const headers = { "content-type": "text/plain", "content-length": body.length };
      const sent = request({ ...options, headers }, (response) => {
        response.resume();
        if (response.statusCode === 200) response.on("end", resolve);
        else reject(new Error(`kproducer answered ${response.statusCode ?? 0}.`));
      });
      sent.on("error", reject);
      sent.end(body);
    });
}
