import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { KafkaClient, parseBootstrap } from "../../services/src/kafka/client";
import { RoomWriter } from "../../services/src/kchat/room-writer";
import { Child } from "./child";
import type { Latencies } from "./latencies";
import { atRate, stamped } from "./pace";
import { type Stage, TOPICS } from "./stage";

/** Messages per second, and for how many seconds. */
const LOADS = [
  { rate: 10, seconds: 20 },
  { rate: 100, seconds: 15 },
  { rate: 1_000, seconds: 10 },
] as const;
/** Seconds of the same load before the measurement, so that both sides' code is compiled. */
const WARM_UP = 3;
const READERS = [1, 100] as const;
/** For how long messages may be on their way once Kafka has acknowledged them. */
const ARRIVAL_MS = 30_000;
/** What kchat may take beside Kafka alone, at the 99th percentile. */
const GOAL = 1.5;
/** kproducer's defaults. */
const LIMITS = { bufferBytes: 16_777_216, timeoutMs: 10_000 } as const;

/**
 * Time from a message's sending to its arrival: from POST to event stream, beside produce to consume without the services. Both sides write by the same code,
 * so that both put into a request what waits for it, and have one request under way; a client that sends each message by itself falls behind at
 * rates at which kproducer does not.
 */
export async function latency(stage: Stage): Promise<string[]> {
  const client = new KafkaClient({ bootstrap: parseBootstrap(stage.bootstrap), clientId: "bench" });
  const writer = new RoomWriter(client, LIMITS);
  const produce = (message: string) => writer.append(TOPICS.raw, Buffer.from(message));
  const lines: string[] = [];
  try {
    for (const load of LOADS) {
      const raw = await measure(await rawConsumer(stage, produce), load, 1, () => produce(stamped()));
      lines.push(`${load.rate}/s, Kafka alone: ${shown(raw)}`);
      for (const count of READERS) {
        const readers = await Child.start("stream-readers", String(stage.ports.consumer), String(count));
        // With connections of its own: idle ones of an earlier measurement may be about to be closed.
        const chat = await measure(readers, load, count, poster(stage.ports.producer));
        lines.push(`${load.rate}/s, ${count} readers: ${shown(chat)}; ${compared(chat, raw)}`);
      }
    }
    return lines;
  } finally {
    await client.close();
  }
}

/** A consumer that has its partition, which it only shows by what it gets. */
async function rawConsumer(stage: Stage, produce: (message: string) => Promise<unknown>): Promise<Child> {
  const knocking = setInterval(() => void produce("knock").catch(() => undefined), 500);
  try {
    return await Child.start("raw-consumer", stage.bootstrap, TOPICS.raw);
  } finally {
    clearInterval(knocking);
  }
}

/** Puts load on and asks `receiver`, which is ended afterwards, how long the messages took. */
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

/** How long the messages took since the last call, once all of them are there. */
async function arrived(receiver: Child, count: number): Promise<Latencies> {
  const deadline = performance.now() + ARRIVAL_MS;
  for (;;) {
    const missing = count - ((await receiver.ask("count")) as number);
    if (missing === 0) return (await receiver.ask("take")) as Latencies;
    if (missing < 0) throw new Error(`${-missing} messages came twice.`);
    if (performance.now() > deadline) throw new Error(`${missing} messages did not arrive.`);
    await delay(10);
  }
}

function shown({ p50, p99, p999 }: Latencies): string {
  return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, p99.9 ${p999.toFixed(1)} ms`;
}

function compared(chat: Latencies, raw: Latencies): string {
  const [p50, p99, p999] = [chat.p50 / raw.p50, chat.p99 / raw.p99, chat.p999 / raw.p999];
  return `${p50.toFixed(2)}, ${p99.toFixed(2)} (goal: ${GOAL}) and ${p999.toFixed(2)} x Kafka alone`;
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
