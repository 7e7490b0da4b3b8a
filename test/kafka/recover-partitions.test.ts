import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { outcome, run } from "kafka-stack-processes";
import { recover, type Options } from "../../cli/recover-partitions/recover";
import type { Access } from "../../cli/recover-partitions/servers";
import type { KafkaVersion } from "../../config/kafka";
import { kafkaJars } from "../../sandbox/build/kafka-jars";
import { KafkaClient, parseBootstrap, type TopicView } from "../../services/src/kafka/client";
import { listOffsets } from "../../services/src/kafka/fetch";
import { PartitionWriter } from "../../services/src/kafka/partition-writer";
import { TestCluster } from "../../services/test-kafka/cluster";
import { until } from "../../services/test/fakes";
import { serverClassPath } from "../support/java";
import { ROOT } from "../support/stacks";

const SCRIPT = join(ROOT, "images/kafka/bin/partition-recovery.sh");

/** The command, the image's script and its Java, with real brokers. What Kubernetes does, and the server that waits for its lost disk, are played. */
for (const version of ["4.3.1", "3.9.2"] satisfies KafkaVersion[]) {
  describe(`partitions of Kafka ${version} whose disks were lost`, function () {
    this.timeout(600_000);
    const bin = mkdtempSync(join(tmpdir(), "recover-partitions-"));
    let cluster: TestCluster;
    let client: KafkaClient;
    let jars = "";
    /** Brokers that wait, with the number of copies that they lost; and those that cannot be reached. */
    const waiting = new Map<number, number>();
    const unreachable = new Set<number>();

    const idOf = (server: string) => Number(server.replace("broker-", ""));
    const access: Access = {
      brokers: () => Promise.resolve([0, 1, 2].map((id) => ({ name: `broker-${id}`, id }))),
      run: async (server, words, input) => {
        if (unreachable.has(idOf(server))) throw new Error("no such pod");
        assert.equal(words[0], "partition-recovery.sh");
        const env = {
          PATH: `${bin}:${process.env["PATH"] ?? ""}`,
          KAFKA_STACK_RENDERED: cluster.propertiesOf(idOf(server)),
        };
        const ended = await outcome("bash", [SCRIPT, ...words.slice(1)], { env, input, timeout: 120 });
        if (ended.code !== 0) throw new Error(ended.errors);
        return ended.bytes;
      },
      quorum: async (server) => {
        const id = idOf(server);
        if (waiting.has(id) && existsSync(beginOf(id))) {
          waiting.delete(id);
          await cluster.startBroker(id);
        }
        return waiting.has(id) ? `knows=nothing\nlost=${waiting.get(id) ?? 0}\n` : "knows=quorum\n";
      },
    };
    const beginOf = (id: number) => join(dirname(cluster.propertiesOf(id)), "begin-empty");

    const command = async (options: Options) => {
      const lines: string[] = [];
      const code = await recover(access, options, (line) => lines.push(line));
      return { code, said: lines.join("\n") };
    };
    const topicOf = async (name: string): Promise<TopicView> => {
      const topic = (await client.metadata([name])).topics.get(name);
      assert.ok(topic);
      return topic;
    };
    const partitionOf = async (name: string) => (await topicOf(name)).partitions[0];
    const endOf = async (name: string) => (await listOffsets(client, await topicOf(name), [0], "latest")).get(0);
    const create = (name: string, replicas: string) =>
      run("java", [
        ...["-Xmx96m", "-cp", `${jars}/*`, "org.apache.kafka.tools.TopicCommand"],
        ...["--bootstrap-server", cluster.bootstrap, "--create", "--topic", name, "--replica-assignment", replicas],
      ]);
    const write = async (name: string, count: number) => {
      const writer = new PartitionWriter(client, name, 0, Buffer.from("key"));
      for (let at = 0; at < count; at++) await writer.append(Buffer.from(`record ${at}`), Date.now() + 60_000);
    };

    before(async () => {
      jars = await kafkaJars(console.error, version);
      const classPath = await serverClassPath(version);
      writeFileSync(join(bin, "kafka-run-class.sh"), `#!/bin/sh\nexec java -Xmx96m -cp '${classPath}' "$@"\n`);
      chmodSync(join(bin, "kafka-run-class.sh"), 0o755);
      cluster = await TestCluster.start(3, jars);
      client = new KafkaClient({
        bootstrap: parseBootstrap(cluster.bootstrap),
        clientId: "test",
        requestTimeoutMs: 30_000,
      });
      await create("chatroom", "1:2");
      await create("alone", "1");
      await write("chatroom", 20);
      await write("alone", 5);
    });

    after(async () => {
      await (client as KafkaClient | undefined)?.close();
      await (cluster as TestCluster | undefined)?.close();
      rmSync(bin, { recursive: true });
    });

    it("are none while every partition has a leader", async () => {
      assert.deepEqual(await command({}), {
        code: 0,
        said: "broker-0: runs\nbroker-1: runs\nbroker-2: runs\nEvery partition has a leader.",
      });
    });

    it("are shown, with where each copy ends", async () => {
      await cluster.kill(2);
      await write("chatroom", 20);
      await cluster.kill(1);
      cluster.empty(1);
      waiting.set(1, 2);
      await cluster.startBroker(2);
      await until(
        "the partitions have no leader",
        async () => {
          const { said } = await command({});
          return (
            /broker-2: runs/.test(said) && /alone-0 has no leader/.test(said) && /chatroom-0 has no leader/.test(said)
          );
        },
        240_000,
      );
      const { code, said } = await command({});
      assert.equal(code, 2, said);
      assert.match(said, /broker-1: waits, because it has lost copies with a disk/);
      assert.match(
        said,
        /chatroom-0 has no leader:\n {2}broker-1: lost, in sync last\n {2}broker-2: up to offset 20 of epoch 0/,
      );
      assert.match(said, /alone-0 has no leader:\n {2}broker-1: lost, in sync last\n/);
      assert.match(
        said,
        /Nothing was changed\.\nTo make the most complete copies leaders: npm run ops -- recover-partitions --elect\n/,
      );
      assert.match(said, /No copy is left of alone-0\..*: npm run ops -- recover-partitions --elect --lost 1$/);
    });

    it("do not begin empty while a copy is left", async () => {
      const { code, said } = await command({ lost: [1] });
      assert.equal(code, 1);
      assert.match(said, /the empty copy of broker-1 the leader of chatroom-0, and broker-2 has records of it/);
      assert.ok(!existsSync(beginOf(1)));
    });

    it("get no leader while a server with a copy does not answer", async () => {
      unreachable.add(2);
      const { code, said } = await command({ elect: true });
      unreachable.clear();
      assert.equal(code, 1);
      assert.match(said, /chatroom-0: broker-2 does not answer \(no such pod\)/);
      assert.equal((await partitionOf("chatroom"))?.leader, -1);
    });

    it("are led by the most complete copy", async () => {
      const { code, said } = await command({ elect: true });
      assert.match(said, /broker-2 leads chatroom-0\./);
      assert.match(said, /alone-0: no server has a record of it, and the disk of broker-1 is lost/);
      assert.equal(code, 1, "one of two has no leader yet");
      const { leader, replicas } = (await partitionOf("chatroom")) ?? {};
      assert.equal(leader, 2);
      assert.deepEqual(replicas, [2, 1]);
      assert.equal(await endOf("chatroom"), 20);
      assert.equal((await partitionOf("alone"))?.leader, -1);
    });

    it("keep the leader that they have", async () => {
      const input = Buffer.from("chatroom-0 1 1,2\n");
      const said = await access.run("broker-2", ["partition-recovery.sh", "elect", String(input.length)], input);
      assert.equal(said.toString(), "chatroom-0 node 2 leads it by now\n");
      assert.deepEqual((await partitionOf("chatroom"))?.replicas, [2, 1]);
    });

    it("begin empty when no copy is left, and the rest is copied from the leaders", async () => {
      const { code, said } = await command({ lost: [1] });
      assert.equal(code, 0, said);
      assert.match(said, /The records of alone-0 are gone: no copy is left\./);
      assert.ok(!existsSync(beginOf(1)), "the next lost disk is waited for");
      await until(
        "both have leaders and broker 1 is in sync",
        async () => {
          const [chatroom, alone] = [await partitionOf("chatroom"), await partitionOf("alone")];
          return alone?.leader === 1 && chatroom?.isr.length === 2;
        },
        240_000,
      );
      assert.equal(await endOf("alone"), 0);
      assert.equal(await endOf("chatroom"), 20);
      const copies = await access.run(
        "broker-1",
        ["partition-recovery.sh", "copies", "11"],
        Buffer.from("chatroom-0\n"),
      );
      assert.match(copies.toString(), /^chatroom-0 20 0 \S{22}\nused\n$/);
      assert.equal((await command({})).code, 0);
    });
  });
}
