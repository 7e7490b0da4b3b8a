import { setTimeout as delay } from "node:timers/promises";
import { Child, cpuSeconds, residentBytes } from "./child";
import { atRate } from "./pace";
import { type Stage, TOPICS } from "./stage";

const READERS = 5_000;
/** Messages per second, and seconds of load; the first seconds are not counted. */
const RATE = 20;
const WARM_UP = 5;
const SECONDS = 20;
/** Goals for kconsumer: the ratio of its CPU time to a bare server's, and bytes of memory for each reader. */
const GOALS = { cpu: 1.3, bytesPerReader: 20 * 1_024 } as const;
/** A message of ordinary length. */
const MESSAGE = `bench: ${"a message of ordinary length, ".repeat(3)}`;

/** What a server used. */
interface Cost {
  /** Seconds of CPU time for each second. */
  readonly cpu: number;
  readonly bytesPerReader: number;
  /** Bytes that reached the readers while CPU time was counted. */
  readonly received: number;
}

/** CPU time and memory of one kconsumer with many readers, compared with a plain Node.js server that sends the same bytes. */
export async function fanOut(stage: Stage): Promise<string[]> {
  const { producer, consumer } = stage.ports;
  const post = async () => {
    const response = await fetch(`http://127.0.0.1:${producer}/api/topics/${TOPICS.room}`, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: MESSAGE,
    });
    if (!response.ok) throw new Error(`kproducer answered ${response.status}.`);
    await response.arrayBuffer();
  };
  const chat = await cost(stage.consumer.pid, consumer, post);
  const server = await Child.start("bare-server", await aFrame(consumer, post));
  const bare = await cost(server.pid, (await server.ask("port")) as number, () => {
    server.tell("send");
    return Promise.resolve();
  });
  await server.end();
  if (Math.abs(chat.received / bare.received - 1) > 0.02) {
    throw new Error(`kconsumer sent ${chat.received} bytes, the bare server ${bare.received}.`);
  }
  return [
    `${READERS} readers at ${RATE}/s, kconsumer: ${shown(chat)} (goal: ${GOALS.bytesPerReader / 1_024} KiB)`,
    `${READERS} readers at ${RATE}/s, bare Node.js: ${shown(bare)}`,
    `kconsumer takes ${(chat.cpu / bare.cpu).toFixed(2)} x the CPU time (goal: ${GOALS.cpu})`,
  ];
}

async function cost(pid: number, port: number, send: () => Promise<unknown>): Promise<Cost> {
  const before = residentBytes(pid);
  const readers = await Child.start("byte-readers", String(port), String(READERS));
  await atRate(RATE, WARM_UP, send);
  const startBytes = await settled(readers);
  const start = cpuSeconds(pid);
  await atRate(RATE, SECONDS, send);
  const received = (await settled(readers)) - startBytes;
  const cpu = (cpuSeconds(pid) - start) / SECONDS;
  const bytesPerReader = (residentBytes(pid) - before) / READERS;
  await readers.end();
  return { cpu, bytesPerReader, received };
}

/** Bytes that the readers have received once no more arrive. A busy machine delivers the last of them late. */
async function settled(readers: Child): Promise<number> {
  let before = -1;
  for (;;) {
    const bytes = (await readers.ask("bytes")) as number;
    if (bytes === before) return bytes;
    before = bytes;
    await delay(1_000);
  }
}

/** A message as kconsumer sends it. */
async function aFrame(port: number, post: () => Promise<void>): Promise<string> {
  const leave = new AbortController();
  const { body } = await fetch(`http://127.0.0.1:${port}/sse/connect`, { signal: leave.signal });
  const decoder = new TextDecoder();
  let received = "";
  const posting = setInterval(() => void post(), 100);
  for await (const chunk of body ?? []) {
    received += decoder.decode(chunk as Uint8Array, { stream: true });
    if (/^event: test\n.*\n\n/m.test(received)) break;
  }
  clearInterval(posting);
  return /^id: .*\nevent: test\n.*\n\n/m.exec(received)?.[0] ?? "";
}

function shown({ cpu, bytesPerReader }: Cost): string {
  return `${(cpu * 100).toFixed(0)} % of a core, ${(bytesPerReader / 1_024).toFixed(1)} KiB of memory a reader`;
}
