import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { KAFKA_VERSIONS } from "../../config/kafka";
import { Quorum } from "./quorum";

const CONTROLLER = 9000;
const BROKERS = [0, 1, 2];
const TOPIC = "orders";
const RECORDS = Array.from({ length: 500 }, (_, n) => `record ${n}`);

const versions = [KAFKA_VERSIONS.kraft[0], KAFKA_VERSIONS.kraft.at(-1)].flatMap((version) => version ?? []);

for (const version of new Set(versions)) {
  describe(`a broker of Kafka ${version} whose disk was emptied`, function () {
    this.timeout(600_000);
    let cluster: Quorum;
    let written = 0;
    before(async () => {
      cluster = await Quorum.start(version, [CONTROLLER], BROKERS);
      const settings = ["--partitions", "1", "--replication-factor", "3", "--config", "min.insync.replicas=2"];
      await cluster.until("the topic is there", () =>
        cluster.tool(
          "org.apache.kafka.tools.TopicCommand",
          "--create",
          "--if-not-exists",
          "--topic",
          TOPIC,
          ...settings,
        ),
      );
      await inSync();
    });
    after(async () => {
      await (cluster as Quorum | undefined)?.close();
    });
    beforeEach(async () => {
      await cluster.produce(TOPIC, RECORDS);
      written += RECORDS.length;
    });

    const described = async () => cluster.tool("org.apache.kafka.tools.TopicCommand", "--describe", "--topic", TOPIC);
    const leader = async () => Number(/Leader: (\d+)/.exec(await described())?.[1] ?? NaN);
    const ready = async () => {
      for (const id of BROKERS) assert.equal(await cluster.health(id, "/ready"), "ok\n");
    };
    /** Kafka names a broker that was killed in sync until its lease ends, so each must say that it runs. */
    const areInSync = async () => {
      await ready();
      const isr = /Isr: ([\d,]+)/.exec(await described())?.[1]?.split(",") ?? [];
      assert.equal(isr.length, BROKERS.length);
    };
    const inSync = () => cluster.until("all are in sync", areInSync);
    const elect = async () => {
      const words = ["--election-type", "unclean", "--topic", TOPIC, "--partition", "0"];
      await cluster.tool("org.apache.kafka.tools.LeaderElectionCommand", ...words).catch(() => undefined);
    };
    const launch = (ids: readonly number[]) => {
      for (const id of ids) cluster.launch(id);
    };
    /** Starts a server again when it has ended, like the kubelet. */
    const keepUp = (id: number) => {
      if (cluster.hasEnded(id)) cluster.launch(id);
    };

    it("has started with the others on empty disks, because there were no topics", () => {
      for (const id of BROKERS) {
        assert.match(
          cluster.log(id),
          /the cluster has no topics, so this disk has lost nothing|no partition would be elected/,
        );
      }
    });

    it("begins at once while another leads, and gets its copies back", async () => {
      const [lost = 0] = BROKERS.filter((id) => id !== 0);
      await cluster.kill(lost);
      cluster.empty(lost);
      launch([lost]);
      await inSync();
      assert.equal(await cluster.records(TOPIC), written);
    });

    it("does not become the leader, when Kafka would elect it alone; it fills its disk once another leads", async () => {
      const lost = await leader();
      const others = BROKERS.filter((id) => id !== lost);
      // The others do not stop cleanly, so they are candidates no longer when they are back.
      await cluster.kill(...others);
      await cluster.until("it is the last in sync", async () => {
        assert.match(await described(), new RegExp(`Isr: ${lost}\\s`));
      });
      await cluster.kill(...BROKERS);
      cluster.empty(lost);
      launch(BROKERS);
      await cluster.until("it says what it waits for", async () => {
        keepUp(lost);
        assert.match(await cluster.health(lost, "/ready"), /this disk has lost its copies of .*orders-0.*|such as/);
        assert.match(await cluster.health(lost, "/ready"), /recover-partitions/);
        assert.match(await cluster.health(lost, "/quorum"), /^lost=[1-9]/m);
      });
      // Nobody else is a candidate, so a person elects one of the others.
      await cluster.until("another leads", async () => {
        await elect();
        assert.notEqual(await leader(), lost);
        assert.ok(Number.isInteger(await leader()));
      });
      await cluster.until("it goes on by itself", async () => {
        keepUp(lost);
        await areInSync();
      });
      assert.equal(await cluster.records(TOPIC), written);
    });

    it("starts with a new disk beside its own, although all others do the same at once", async () => {
      await cluster.kill(...BROKERS);
      for (const id of BROKERS) cluster.addDisk(id);
      launch(BROKERS);
      await inSync();
      assert.equal(await cluster.records(TOPIC), written);
    });

    it("begins with empty copies when a person says so, because all disks are lost", async () => {
      await cluster.kill(...BROKERS);
      for (const id of BROKERS) cluster.empty(id);
      launch(BROKERS);
      await cluster.until("all wait", async () => {
        for (const id of BROKERS)
          assert.match(await cluster.health(id, "/ready"), /no other broker says whether it has lost/);
      });
      writeFileSync(cluster.mark("begin-empty"), "");
      // Kafka may have no candidate left, and then elects nobody by itself for minutes.
      await cluster.until("one of the empty copies leads", async () => {
        await elect();
        assert.ok(Number.isInteger(await leader()));
      });
      await inSync();
      rmSync(cluster.mark("begin-empty"));
      assert.equal(await cluster.records(TOPIC), 0);
    });

    it("begins by itself when all topics were deleted", async () => {
      await cluster.tool("org.apache.kafka.tools.TopicCommand", "--delete", "--topic", TOPIC);
      await cluster.until("there is no topic", async () => {
        assert.deepEqual(await cluster.topics(), []);
      });
      await cluster.kill(...BROKERS);
      for (const id of BROKERS) cluster.empty(id);
      launch(BROKERS);
      await cluster.until("they are back", ready);
      assert.deepEqual(await cluster.topics(), []);
    });
  });
}
