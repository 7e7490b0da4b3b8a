import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KafkaClient, parseBootstrap } from "../src/kafka/client.js";
import { PartitionWriter } from "../src/kafka/partition-writer.js";
import { until } from "../test/fakes.js";
import { TestCluster } from "./cluster.js";
import { ended, launch, ops } from "./processes.js";

interface Report {
  readonly brokers: readonly { readonly id: number; readonly replicas: number; readonly leaders: number }[];
  readonly underReplicated: readonly string[];
  readonly throttled: readonly string[];
  readonly reassignments: number;
  readonly moves?: { readonly bytesLeft: number };
}

/** The disk of the machine that runs the tests may be nearly full. */
const ANY_DISK = ["--disk-limit", "100"];
const MOVING = ["rebalance", "drain", "plan", "settle", "topics apply", "topics narrow"];
const withRoom = (args: readonly string[]): readonly string[] =>
  MOVING.some((command) => args.join(" ").startsWith(command)) ? [...args, ...ANY_DISK] : args;

describe("ops on a cluster", function () {
  this.timeout(300_000);
  const directory = mkdtempSync(join(tmpdir(), "ops-test-"));
  let cluster: TestCluster;

  const run = (...args: string[]) => ops(cluster.bootstrap, ...withRoom(args));

  async function done(...args: string[]): Promise<string[]> {
    const { code, lines, errors } = await run(...args);
    assert.equal(code, 0, `ops ${args.join(" ")}: ${[...lines, ...errors].join("\n")}`);
    return lines;
  }

  async function refused(...args: string[]): Promise<string> {
    const { code, errors } = await run(...args);
    assert.equal(code, 1);
    return errors.at(-1) ?? "";
  }

  async function report(): Promise<Report> {
    return JSON.parse((await done("status", "--json")).join("\n")) as Report;
  }

  function declare(topics: readonly object[]): string {
    const path = join(directory, "topics.json");
    writeFileSync(path, JSON.stringify({ topics }));
    return path;
  }

  const chatroom = { name: "chatroom", partitions: 12, replicationFactor: 3, config: { "retention.ms": "-1" } };
  const bulk = { name: "bulk", partitions: 6, replicationFactor: 2 };

  before(async () => {
    cluster = await TestCluster.start(3);
  });

  after(() => cluster.close());

  it("creates topics, and changes nothing the second time", async () => {
    const file = declare([chatroom, bulk]);
    assert.deepEqual(await done("topics", "check", "--file", file), [
      "create chatroom: 12 partitions, replication factor 3",
      "create bulk: 6 partitions, replication factor 2",
    ]);
    assert.equal((await done("topics", "apply", "--file", file)).at(-1), "Done.");
    assert.deepEqual(await done("topics", "apply", "--file", file), ["All 2 topics are as declared."]);
  });

  it("applies more partitions and changed settings, and refuses fewer partitions before it changes anything", async () => {
    const more = { ...bulk, partitions: 8, config: { "retention.ms": "3600000" } };
    assert.deepEqual(await done("topics", "apply", "--file", declare([chatroom, more])), [
      "add partitions to bulk: 6 -> 8",
      "set retention.ms = 3600000 on bulk",
      "Done.",
    ]);
    const bad = [
      { ...chatroom, partitions: 6 },
      { ...more, partitions: 9 },
    ];
    assert.equal(
      await refused("topics", "apply", "--file", declare(bad)),
      "Topic chatroom has 12 partitions and cannot have fewer; 6 are declared.",
    );
    assert.deepEqual(await done("topics", "apply", "--file", declare([chatroom, more])), [
      "All 2 topics are as declared.",
    ]);
  });

  it("passes on Kafka's refusal of a setting, before it changes anything", async () => {
    const bad = [
      { ...chatroom, partitions: 13 },
      { ...bulk, partitions: 8, config: { "retention.ms": "for ever" } },
    ];
    assert.match(await refused("topics", "apply", "--file", declare(bad)), /INVALID_CONFIG.*retention\.ms/);
    const topics = JSON.parse((await done("topics", "list", "--json")).join("\n")) as {
      name: string;
      partitions: number;
    }[];
    assert.deepEqual(
      topics.map(({ name, partitions }) => [name, partitions]),
      [
        ["bulk", 8],
        ["chatroom", 12],
      ],
    );
  });

  it("changes the number of replicas", async () => {
    const wide = { ...bulk, partitions: 8, replicationFactor: 3, config: { "retention.ms": "3600000" } };
    await done("topics", "apply", "--file", declare([chatroom, wide]));
    assert.deepEqual(await done("topics", "apply", "--file", declare([chatroom, wide])), [
      "All 2 topics are as declared.",
    ]);
    const narrow = { ...wide, replicationFactor: 2 };
    await done("topics", "apply", "--file", declare([chatroom, narrow]));
    assert.deepEqual(await done("topics", "apply", "--file", declare([chatroom, narrow])), [
      "All 2 topics are as declared.",
    ]);
  });

  it("changes settings of the whole cluster, and removes them again", async () => {
    const file = join(directory, "settings.json");
    writeFileSync(file, JSON.stringify({ cluster: { "log.retention.ms": "7200000" } }));
    assert.deepEqual(await done("settings", "apply", "--file", file), ["set log.retention.ms = 7200000", "Done."]);
    assert.deepEqual(await done("settings", "apply", "--file", file), ["All settings are as declared."]);
    writeFileSync(file, JSON.stringify({ cluster: { "process.roles": "broker" } }));
    assert.match(await refused("settings", "apply", "--file", file), /process\.roles/);
    writeFileSync(file, JSON.stringify({ cluster: {} }));
    assert.deepEqual(await done("settings", "apply", "--file", file), ["remove log.retention.ms", "Done."]);
  });

  it("resizes thread pools in steps, and names a setting that Kafka refuses", async () => {
    const file = join(directory, "pools.json");
    const write = (cluster: Record<string, string>) => {
      writeFileSync(file, JSON.stringify({ cluster }));
    };
    write({
      "num.replica.fetchers": "5",
      "log.cleaner.threads": "3",
      "log.cleaner.io.max.bytes.per.second": "102400000",
    });
    await done("settings", "apply", "--file", file);
    assert.deepEqual(await done("settings", "apply", "--file", file), ["All settings are as declared."]);
    write({ "compression.type": "bzip", "message.max.bytes": "2000000" });
    assert.match(await refused("settings", "apply", "--file", file), /^compression\.type: bzip is refused: /);
    write({});
    await done("settings", "apply", "--file", file);
    assert.deepEqual(await done("settings", "apply", "--file", file), ["All settings are as declared."]);
  });

  it("gives Kafka's own topics the declared number of replicas, up and down, with min.insync.replicas to match", async () => {
    const path = join(directory, "internal.json");
    const write = (replicationFactor: number, minInsyncReplicas: number, topics: readonly object[] = []) => {
      const own = { replicationFactor, minInsyncReplicas };
      const internal = { replicationFactor, topics: { __consumer_offsets: own } };
      writeFileSync(path, JSON.stringify({ topics, internal, minInsyncReplicas }));
    };
    const listed = async () => {
      const rows = JSON.parse((await done("topics", "list", "--json")).join("\n")) as {
        name: string;
        replicationFactor: number;
      }[];
      return rows.find(({ name }) => name === "__consumer_offsets")?.replicationFactor;
    };
    const offsets = { name: "__consumer_offsets", partitions: 4, replicationFactor: 1 };
    await done("topics", "apply", "--file", declare([offsets]));
    write(3, 2);
    assert.deepEqual(await done("topics", "apply", "--file", path), [
      "change the replication factor of __consumer_offsets: 1 -> 3",
      "set min.insync.replicas = 2 on __consumer_offsets",
      "Done.",
    ]);
    assert.equal(await listed(), 3);
    assert.deepEqual(await done("topics", "apply", "--file", path), ["All 0 topics are as declared."]);
    write(1, 1);
    assert.match(
      await refused("topics", "narrow", "--file", path, "--keep", "0"),
      /^1 broker cannot hold all topics: bulk has replication factor 2, chatroom has replication factor 3\./,
    );
    assert.equal(await listed(), 3);
    assert.deepEqual(await done("topics", "narrow", "--file", path, "--keep", "0,1,2"), [
      "set min.insync.replicas = 1 on __consumer_offsets",
      "Fewer replicas for 4 partitions of __consumer_offsets.",
    ]);
    assert.equal(await listed(), 1);
    assert.deepEqual(await done("topics", "narrow", "--file", path, "--keep", "0,1,2"), [
      "No topic has more replicas than declared.",
    ]);
  });

  it("gives a new broker its share, with a throttle, also after an interruption or a kill", async () => {
    await fill(cluster.bootstrap, "bulk", 8, 4_000_000);
    await done("rebalance", "--brokers", "0,1,2");
    await cluster.startBroker(3);
    // So slow that nothing arrives before the end of this test, also on a busy machine; the last run hurries.
    const crawl = 50_000;
    const start = () =>
      launch("ops", { KAFKA_BOOTSTRAP_ADDRESS: cluster.bootstrap }, [
        "rebalance",
        "--brokers",
        "0,1,2,3",
        "--throttle",
        String(crawl),
        ...ANY_DISK,
      ]);
    const moving = async () => (await report()).reassignments > 0;
    const aims = async () => (await report()).brokers.map(({ id, replicas }) => [id, replicas]);
    const bulkOfTwo = { ...bulk, partitions: 8, config: { "retention.ms": "3600000" } };

    const planned = JSON.parse(
      (await done("plan", "--brokers", "0-3", "--throttle", String(crawl), "--json")).join("\n"),
    ) as {
      readonly bytes: number;
      readonly seconds: number;
      readonly shares: readonly {
        readonly broker: number;
        readonly before: { readonly replicas: number; readonly bytes?: number; readonly diskPercent?: number };
        readonly after: { readonly replicas: number; readonly bytes?: number };
      }[];
    };
    assert.ok(planned.bytes > 4_000_000 && planned.seconds > planned.bytes / 4 / crawl, JSON.stringify(planned));
    for (const { broker, before, after } of planned.shares) {
      assert.ok(
        broker === 3 ? after.replicas > before.replicas : after.replicas < before.replicas,
        JSON.stringify(planned),
      );
      assert.ok(before.bytes !== undefined && after.bytes !== undefined && (before.diskPercent ?? 0) > 0);
    }
    const interrupted = start();
    await until("partitions are on their way", moving, 60_000);
    assert.ok((await report()).throttled.length > 0);
    const first = await aims();
    interrupted.kill("SIGTERM");
    const { code, errors } = await ended(interrupted);
    assert.equal(code, 143);
    assert.equal(errors.at(-1), "Interrupted. Kafka's copying goes on, with its throttle; the next run takes it over.");
    assert.deepEqual(await aims(), first);
    const during = await report();
    assert.ok(during.throttled.length > 0);
    assert.ok(during.moves !== undefined && during.moves.bytesLeft > 0, JSON.stringify(during));

    const killed = start();
    await killed.says(/under way from an earlier run/, "output");
    await killed.end("SIGKILL");
    assert.ok((await report()).throttled.length > 0);
    // Under reassignment, partitions count with as many replicas as before and need no more brokers.
    assert.deepEqual(await done("topics", "check", "--file", declare([chatroom, bulkOfTwo])), [
      "All 2 topics are as declared.",
    ]);
    assert.deepEqual(await done("drain", "--keep", "0,1,2,3"), [
      "Nothing to drain: the 4 brokers to keep hold everything.",
    ]);
    const { throttled: held, reassignments } = await report();
    assert.ok(reassignments === 0 || held.length > 0, "a throttle stays as long as something moves");

    await done("rebalance", "--brokers", "0,1,2,3", "--throttle", "100000000");
    const { brokers, throttled } = await report();
    assert.deepEqual(throttled, []);
    const replicas = brokers.map((broker) => broker.replicas);
    const leaders = brokers.map((broker) => broker.leaders);
    // Brokers 0 and 3 share a rack, and no partition has two replicas in one rack as long as there are others.
    const [zero = 0, one = 0, two = 0, three = 0] = replicas;
    assert.ok(three > 0 && Math.abs(zero - three) <= 1 && Math.abs(one - two) <= 1 && one >= zero, replicas.join(", "));
    assert.ok(Math.max(...leaders) - Math.min(...leaders) <= 1, `leaders: ${leaders.join(", ")}`);
    await done("verify", "--brokers", "0,1,2,3");
    assert.deepEqual(await done("rebalance", "--brokers", "0,1,2,3"), ["Partitions are spread evenly over 4 brokers."]);
    assert.deepEqual(await done("rebalance", "--brokers", "0-3", "--even-bytes"), [
      "Partitions are spread evenly over 4 brokers.",
    ]);
    assert.equal(
      (await done("plan", "--brokers", "0-3", "--even-bytes")).at(-1),
      "Partitions are spread evenly over 4 brokers; nothing would move.",
    );
  });

  it("hands over moves without waiting, and settles them later", async () => {
    const throttled = ["--throttle", "1000000"];
    const lines = await done("rebalance", "--brokers", "0,1,2", ...throttled, "--no-await");
    assert.match(lines.at(-1) ?? "", /^Kafka is doing all of it now/);
    assert.equal((await report()).brokers.find(({ id }) => id === 3)?.replicas, 0, "the target is known at once");
    await done("settle", "--throttle", "100000000");
    const { reassignments, throttled: left } = await report();
    assert.deepEqual([reassignments, left], [0, []]);
    await done("rebalance", "--brokers", "0,1,2,3", "--throttle", "100000000");
  });

  it("refuses to drain brokers that a topic needs, naming it, and moves nothing", async () => {
    const before = await report();
    assert.equal(
      await refused("drain", "--keep", "0,1"),
      "2 brokers cannot hold all topics: chatroom has replication factor 3. Lower the replication factor or keep more brokers.",
    );
    // Everything but the controllers' lag, which always differs.
    assert.deepEqual((await report()).brokers, before.brokers);
    assert.equal((await report()).reassignments, 0);
  });

  it("drains a broker, and unregisters it once it has stopped", async () => {
    await done("drain", "--keep", "0,1,2");
    assert.equal((await report()).brokers.find(({ id }) => id === 3)?.replicas, 0);
    assert.equal(
      await refused("unregister", "--keep", "0,1,2", "--wait", "1"),
      "Still running, so not unregistered: 3.",
    );
    await cluster.stop(3);
    await until("the broker counts as gone", async () => (await report()).brokers.length === 3, 60_000);
    // It holds nothing, and still counts.
    assert.match(await refused("verify"), /1 check failed: all brokers are up/);
    assert.equal((await done("unregister", "--keep", "0,1,2")).at(-1), "Unregistered 1 broker: 3.");
    assert.deepEqual(await done("unregister", "--keep", "0,1,2"), ["No broker has to be unregistered."]);
    await done("verify");
  });

  it("finds problems, and gives leadership back", async () => {
    await cluster.kill(2);
    await until("the broker counts as gone", async () => (await report()).brokers.length === 2, 60_000);
    assert.match(await refused("verify", "--brokers", "0,1,2"), /all brokers are up.*every replica is in sync/);
    assert.match(
      await refused("rebalance", "--brokers", "0,1,2", "--wait", "1"),
      /1 broker did not come up within 1 s: 2\./,
    );
    await cluster.startBroker(2);
    await done("wait", "--brokers", "0,1,2");
    await done("elect-leaders");
    await until("all replicas are in sync", async () => (await report()).underReplicated.length === 0, 60_000);
    await done("elect-leaders");
    await done("verify", "--brokers", "0,1,2");
  });

  it("changes the level of one broker's logger, for a while or until the next change", async () => {
    const logger = "kafka.server.ReplicaManager";
    const level = async (broker: number) => (await done("log-level", String(broker), logger)).at(-1) ?? "";
    assert.match(await level(1), /of broker 1: (ERROR|WARN|INFO)$/);
    const [, before = ""] = /: (\w+)$/.exec(await level(1)) ?? [];
    assert.deepEqual(await done("log-level", "broker-1", logger, "DEBUG"), [
      `${logger} of broker 1: ${before} -> DEBUG`,
    ]);
    assert.match(await level(1), /: DEBUG$/);
    assert.doesNotMatch(await level(2), /: DEBUG$/);
    assert.deepEqual(await done("log-level", "broker-1", logger, "TRACE", "--for", "1"), [
      `${logger} of broker 1: DEBUG -> TRACE`,
      `${logger} of broker 1: TRACE -> DEBUG`,
    ]);
    assert.match(await level(1), /: DEBUG$/);
    assert.match(await refused("log-level", "1", "kafka.Nothing", "DEBUG"), /has no logger kafka\.Nothing/);
    assert.equal((await run("log-level", "controller-1", logger)).code, 2);
    assert.equal((await run("log-level", "1", logger, "LOUD")).code, 2);
  });

  it("leaves the only controller its vote", async () => {
    assert.deepEqual(await done("controllers", "--keep", "0"), ["The voters are 0."]);
    assert.match(
      await refused("controllers", "--keep", "9", "--wait", "1"),
      /None of the controllers to keep \(9\) is a voter/,
    );
  });

  it("refuses to prepare a static quorum with other controllers than the voters, before anything else", async () => {
    const path = join(directory, "cluster.json");
    const moves = { throttle: 52_428_800, stallSeconds: 120, rebalance: true, wait: true, diskLimit: 100 };
    const state = { version: "3.9.2", brokers: [0, 1, 2], topics: [chatroom], settings: {}, moves };
    writeFileSync(path, JSON.stringify({ ...state, voters: [1] }));
    assert.match(await refused("prepare", "--file", path), /The voters of the quorum are 0, and this change declares/);
    writeFileSync(path, JSON.stringify({ ...state, voters: [0] }));
    await done("prepare", "--file", path);
  });
});

async function fill(bootstrap: string, topic: string, partitions: number, bytesEach: number): Promise<void> {
  const client = new KafkaClient({ bootstrap: parseBootstrap(bootstrap), clientId: "filler" });
  await client.metadata([topic]);
  const value = Buffer.alloc(10_000, "x");
  const deadline = Date.now() + 120_000;
  await Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const writer = new PartitionWriter(client, topic, partition, Buffer.from("key"));
      await Promise.all(Array.from({ length: bytesEach / value.length }, () => writer.append(value, deadline)));
    }),
  );
  await client.close();
}
