import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../test/fakes.js";
import { TestCluster } from "./cluster.js";
import { Front } from "./front.js";
import { compileClient, JavaClient, LIBRARIES } from "./java-client.js";
import { ops, ServiceProcess } from "./processes.js";

const PORTS = { producer: 19_654, consumers: [19_655, 19_656], front: 19_657 } as const;

/** Content types that clients may send. */
const CONTENT_TYPES = ["text/plain", "text/plain;charset=UTF-8", 'text/plain; charset="utf-8"', "*/*"] as const;

/** 16,000 bytes: nearly the longest message, and more than Jersey buffers to count them, so that it sends chunks. */
const LONG = "ü".repeat(8_000);

describe("chat clients in Java", function () {
  this.timeout(300_000);
  let cluster: TestCluster;
  let producer: ServiceProcess;
  let consumers: ServiceProcess[];
  let front: Front;
  /** Two of each library. */
  let people: { readonly name: string; readonly library: (typeof LIBRARIES)[number]; readonly client: JavaClient }[];
  /** Everything said so far, in the order of its acknowledgement. */
  const said: string[] = [];

  before(async () => {
    const classPath = await compileClient();
    cluster = await TestCluster.start(1);
    const file = join(mkdtempSync(join(tmpdir(), "java-clients-test-")), "topics.json");
    writeFileSync(file, JSON.stringify({ topics: [{ name: "chatroom", partitions: 12, replicationFactor: 1 }] }));
    const { code, errors } = await ops(cluster.bootstrap, "topics", "apply", "--file", file, "--wait", "60");
    assert.equal(code, 0, errors.join("\n"));
    const environment = { KCHAT_BOOTSTRAP_ADDRESS: cluster.bootstrap, KCHAT_LOG_LEVEL: "warn" };
    producer = new ServiceProcess("kproducer", PORTS.producer, environment);
    consumers = PORTS.consumers.map(
      // Heartbeats as often as possible: no client may take one for a message.
      (port) => new ServiceProcess("kconsumer", port, { ...environment, KCHAT_HEARTBEAT_MS: "100" }),
    );
    await Promise.all([producer, ...consumers].map((service) => service.start()));
    front = await Front.open(PORTS.front, consumers);
    const room = `${producer.url}/api/topics/chatroom`;
    people = LIBRARIES.flatMap((library) =>
      ["A", "B"].map((letter) => {
        const client = new JavaClient(classPath, library, room, `${front.url}/sse/connect`);
        return { name: `${library} ${letter}`, library, client };
      }),
    );
    await Promise.all(people.map(({ client }) => client.reads()));
  });

  after(async () => {
    for (const { client } of people) client.end();
    front.close();
    await Promise.all([producer, ...consumers].map((service) => service.end("SIGKILL")));
    await cluster.close();
  });

  /** Every client says something that every client sees. */
  async function talk(text: string, contentType: string = CONTENT_TYPES[0]): Promise<void> {
    for (const { name, client } of people) {
      const message = `${name}: ${text}`;
      assert.equal(await client.says(message, contentType), 200, message);
      said.push(message);
    }
    const last = said.at(-1) ?? "";
    await Promise.all(people.map(({ client }) => client.sees(`test: ${last}`)));
  }

  /** Stops one replica while everyone reads from it; waits until everyone reads from the other one. */
  async function moveOn(from: ServiceProcess, to: ServiceProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    await from.end(signal);
    const everyone = new RegExp(`^kchat_readers\\{.*\\} ${people.length}$`, "m");
    await until(
      "everyone reads from the other replica",
      async () => everyone.test(await (await fetch(`${to.url}/metrics`)).text()),
      30_000,
    );
  }

  it("see each other's messages, whatever content type they send", async () => {
    for (const contentType of CONTENT_TYPES) await talk(`こんにちは, ${contentType}`, contentType);
    await talk(LONG);
    await talk("");
  });

  it("see them after a replica of kconsumer was restarted, and after another one was killed", async () => {
    const [first, second] = consumers;
    assert.ok(first !== undefined && second !== undefined);
    await moveOn(first, second, "SIGTERM");
    await talk("on the second replica");
    await first.start();
    await moveOn(second, first, "SIGKILL");
    await talk("on the first one again");
  });

  it("have been shown each message once, and nothing else as a message", () => {
    for (const { name, client } of people) {
      const messages = client.events.filter((event) => event.startsWith("test: "));
      assert.deepEqual(
        messages,
        said.map((message) => `test: ${message}`),
        name,
      );
    }
    for (const { name, client } of people.filter(({ library }) => library === "jersey-event-input")) {
      assert.equal(client.events.length, said.length, name);
    }
  });
});
