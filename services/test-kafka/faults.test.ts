import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KafkaClient, parseBootstrap } from "../src/kafka/client.js";
import { until } from "../test/fakes.js";
import { TestCluster } from "./cluster.js";
import { ResumingReader, Writer } from "./load.js";
import { ops, ServiceProcess } from "./processes.js";

const WRITERS = 20;
const MESSAGES = 10_000;
const PORTS = { producer: 19_650, consumers: [19_651, 19_652], smallProducer: 19_653 } as const;

describe("kchat under faults", function () {
  this.timeout(600_000);
  let cluster: TestCluster;
  let producer: ServiceProcess;
  let consumers: readonly [ServiceProcess, ServiceProcess];
  const readers: ResumingReader[] = [];

  before(async () => {
    cluster = await TestCluster.start(3);
    const file = join(mkdtempSync(join(tmpdir(), "faults-test-")), "topics.json");
    const config = { "min.insync.replicas": "2" };
    writeFileSync(
      file,
      JSON.stringify({ topics: [{ name: "chatroom", partitions: 3, replicationFactor: 3, config }] }),
    );
    const { code, errors } = await ops(cluster.bootstrap, "topics", "apply", "--file", file, "--wait", "60");
    assert.equal(code, 0, errors.join("\n"));
    const environment = { KCHAT_BOOTSTRAP_ADDRESS: cluster.bootstrap, KCHAT_LOG_LEVEL: "warn" };
    producer = new ServiceProcess("kproducer", PORTS.producer, environment);
    const [a, b] = PORTS.consumers.map(
      (port) => new ServiceProcess("kconsumer", port, { ...environment, KCHAT_PRODUCER_URL: producer.url }),
    );
    assert.ok(a !== undefined && b !== undefined);
    consumers = [a, b];
    await Promise.all([producer, ...consumers].map((service) => service.start()));
  });

  after(async () => {
    for (const reader of readers) reader.close();
    await Promise.all([producer, ...consumers].map((service) => service.end("SIGKILL")));
    await cluster.close();
  });

  /** The broker that leads the room's partition. */
  async function leader(offsets: { readonly partition: number }): Promise<number> {
    const client = new KafkaClient({ bootstrap: parseBootstrap(cluster.bootstrap), clientId: "test" });
    const topic = (await client.metadata(["chatroom"])).topics.get("chatroom");
    await client.close();
    return topic?.partitions[offsets.partition]?.leader ?? -1;
  }

  it("brings every acknowledged message to every reader once, in one order, while everything is killed in turn", async () => {
    const [a, b] = consumers;
    const first = await post(producer.url, "test: first");
    const { partition } = (await first.json()) as { partition: number };
    for (const urls of [
      [a.url, b.url],
      [b.url, a.url],
    ]) {
      for (let index = 0; index < 3; index += 1) readers.push(new ResumingReader(urls));
    }
    await until("every reader has a place", () => readers.every(({ lastEventId }) => lastEventId !== ""));
    const start = readers[0]?.lastEventId ?? "";

    // Some writers use the page, whose messages go through kconsumer.
    const writers = Array.from(
      { length: WRITERS },
      (_, index) => new Writer(`writer-${index}`, index % 4 === 0 ? a.url : producer.url),
    );
    const acknowledged = () => writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0);
    const underLoad = (part: number) =>
      until(`${part * 100} % of the messages are acknowledged`, () => acknowledged() >= part * MESSAGES, 120_000);
    const killed = await leader({ partition });
    const faults = async () => {
      await underLoad(0.1);
      await producer.end("SIGKILL");
      await producer.start();
      await underLoad(0.3);
      await a.end("SIGKILL");
      await a.start();
      await underLoad(0.5);
      await cluster.kill(killed);
      // Broker 0 is also the only controller: while it is away, no other broker becomes leader.
      await underLoad(killed === 0 ? 0.5 : 0.7);
      await cluster.startBroker(killed);
      await underLoad(0.8);
      assert.ok(acknowledged() < MESSAGES, "the last fault came after the load");
      assert.equal(await b.end("SIGTERM"), 0);
      await b.start();
    };
    await Promise.all([faults(), ...writers.map((writer) => writer.write(MESSAGES / WRITERS))]);
    const last = new Writer("test-last", producer.url);
    await last.write(1);
    const end = last.acknowledged[0]?.message ?? "";
    // A reader that was away the whole time resumes; most messages are no longer in the replica's memory.
    readers.push(new ResumingReader([b.url], start));
    await until(
      "every reader has seen the last message",
      () => readers.every(({ messages }) => messages.includes(end)),
      60_000,
    );

    const [reference] = readers;
    assert.ok(reference !== undefined);
    const order = new Map(reference.messages.map((message, index) => [message, index]));
    assert.equal(order.size, reference.messages.length, "a message came twice");
    for (const reader of readers) assert.deepEqual(reader.messages, reference.messages);
    for (const writer of writers) {
      const places = writer.acknowledged.map(({ message }) => order.get(message) ?? assert.fail(`${message} was lost`));
      assert.deepEqual(
        places,
        [...places].sort((one, other) => one - other),
        "a writer's messages changed their order",
      );
    }
    const placed = writers.flatMap((writer) => writer.acknowledged).filter(({ offset }) => offset >= 0);
    placed.sort((one, other) => one.offset - other.offset);
    const byOffset = placed.map(({ message }) => order.get(message) ?? -1);
    assert.ok(
      byOffset.every((place, index) => index === 0 || place > (byOffset[index - 1] ?? 0)),
      "not in Kafka's order",
    );
    assert.equal(acknowledged(), MESSAGES);
    assert.ok(
      writers.some(({ failed }) => failed > 0),
      "no fault was felt by a writer",
    );
    assert.ok(
      readers.slice(0, -1).every(({ connections }) => connections > 1),
      "a reader was never interrupted",
    );
    console.log(
      `      ${acknowledged()} acknowledged, ${writers.reduce((sum, { failed }) => sum + failed, 0)} not; ` +
        `${reference.messages.length} read by each of ${readers.length} readers over ${readers.reduce((sum, { connections }) => sum + connections, 0)} connections`,
    );
  });

  it("refuses with 503 and Retry-After while Kafka is down, and works again when it is back", async () => {
    const small = new ServiceProcess("kproducer", PORTS.smallProducer, {
      KCHAT_BOOTSTRAP_ADDRESS: cluster.bootstrap,
      // Longer than it takes to send all of the messages, also on a busy machine: the buffer is full when the last ones come.
      KCHAT_SEND_TIMEOUT_MS: "15000",
      KCHAT_BUFFER_BYTES: "262144",
    });
    await small.start();
    const send = () => post(small.url, "x".repeat(4_096));
    const brokers = [0, 1, 2];
    await Promise.all(brokers.map((id) => cluster.kill(id)));
    const refusals = await Promise.all(Array.from({ length: 200 }, send));
    assert.deepEqual([...new Set(refusals.map(({ status }) => status))], [503]);
    assert.ok(refusals.every(({ headers }) => headers.get("retry-after") === "1"));
    const reasons = await Promise.all(
      refusals.map(async (refusal) => ((await refusal.json()) as { error: string }).error),
    );
    // 51 messages of 4 KiB, each counted for 1 KiB more, fit into 256 KiB; all others were refused at once.
    assert.equal(reasons.filter((reason) => reason === "buffer_full").length, 149);
    const services = [small, producer, ...consumers];
    await until(
      "no service is ready",
      async () => !(await Promise.all(services.map((each) => each.isReady()))).includes(true),
      30_000,
    );
    for (const { url } of services) assert.equal((await fetch(`${url}/healthz`)).status, 200);

    await Promise.all(brokers.map((id) => cluster.startBroker(id)));
    await until(
      "all services are ready",
      async () => !(await Promise.all(services.map((each) => each.isReady()))).includes(false),
      60_000,
    );
    assert.equal((await send()).status, 200);
    assert.equal(await small.end("SIGTERM"), 0);
  });
});

function post(url: string, body: string): Promise<Response> {
  return fetch(`${url}/api/topics/chatroom`, { method: "POST", headers: { "content-type": "text/plain" }, body });
}
