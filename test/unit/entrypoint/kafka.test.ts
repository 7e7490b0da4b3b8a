import assert from "node:assert/strict";
import { chmodSync, chownSync, rmSync, writeFileSync } from "node:fs";
import { CLUSTER, Pod } from "./pod";

describe("Entrypoint of Kafka", () => {
  const pods: Pod[] = [];
  const pod = (variables?: Record<string, string | undefined>) => {
    const made = new Pod(variables);
    pods.push(made);
    return made;
  };
  afterEach(() => {
    for (const made of pods.splice(0)) made.remove();
  });

  const DEDICATED = {
    POD_NAME: "controller-0",
    KAFKA_POOL: "controller",
    KAFKA_COMBINED: undefined,
    KAFKA_NODE_ID_BASE: "9000",
  };
  const format = (made: Pod, ...flags: string[]) =>
    [
      "kafka-storage.sh format",
      `--cluster-id ${CLUSTER}`,
      `--config ${made.path("server.properties")}`,
      "--ignore-formatted",
      ...flags,
    ].join(" ");
  const start = (made: Pod) => `kafka-run-class.sh kafkastack.Main kafka.Kafka ${made.path("server.properties")}`;
  /** A volume that node 0 of this cluster has formatted. */
  const ours = (node = 0) => ["version=1", `cluster.id=${CLUSTER}`, `node.id=${node}`];

  describe("refuses", () => {
    for (const name of [
      "POD_NAME",
      "POD_NAMESPACE",
      "KAFKA_POOL",
      "KAFKA_CLUSTER_ID",
      "KAFKA_DATA_DIRS",
      "KAFKA_NODE_ID_BASE",
    ]) {
      it(`a pod without ${name}`, () =>
        pod({ [name]: undefined }).refuses(new RegExp(`^kafka-stack: ${name} is not set`)));
    }

    it("a pod that is not a StatefulSet's", () =>
      pod({ POD_NAME: "broker-abc" }).refuses(/POD_NAME is 'broker-abc', which does not end in an ordinal/));

    it("a volume that is not mounted", async () => {
      const made = pod();
      rmSync(made.path("data-0"), { recursive: true });
      await made.refuses(/the volume .*data-0 is not mounted/);
    });

    it("a volume that it cannot write", async () => {
      const made = pod();
      if (process.getuid?.() === 0) chownSync(made.path("data-0"), 0, 0);
      chmodSync(made.path("data-0"), 0o555);
      await made.refuses(/the volume .*data-0 cannot be written by user \d+: its directory must belong to/);
    });

    it("a volume of another cluster", async () => {
      const made = pod();
      made.formatted("data-0", ["cluster.id=BBBBBBBBBBBBBBBBBBBBBB", "node.id=0"]);
      await made.refuses(/holds data of the Kafka cluster 'B{22}', but this is cluster 'A{22}'/);
    });

    it("a volume of another node", async () => {
      const made = pod();
      made.formatted("data-0", ours(1));
      await made.refuses(/holds data of node 1, but this pod is node 0/);
    });

    it("a volume that was written with ZooKeeper", async () => {
      const made = pod();
      made.formatted("data-0", ["version=0", "broker.id=0", `cluster.id=${CLUSTER}`]);
      await made.refuses(
        /data-0 was written with ZooKeeper, .* set mode back to zookeeper; see docs\/zookeeper-to-kraft\.md/,
      );
    });

    it("a volume of another cluster among its own", async () => {
      const made = pod();
      made.formatted("data-0", ours());
      made.formatted("data-1", ["cluster.id=BBBBBBBBBBBBBBBBBBBBBB", "node.id=0"]);
      const both = pod({ KAFKA_DATA_DIRS: `${made.path("data-0")},${made.path("data-1")}` });
      await both.refuses(/data-1 holds data of the Kafka cluster 'B{22}'/);
    });

    it("to begin the metadata anew when the only controller lost it but not its other volumes", async () => {
      const made = pod();
      made.formatted("data-1", ours());
      const both = pod({ KAFKA_DATA_DIRS: `${made.path("data-0")},${made.path("data-1")}` });
      both.configure("controllers", "1\n");
      await both.refuses(/data-0, which held the metadata of the only controller, is empty/);
    });
  });

  describe("founds the quorum", () => {
    it("as the only controller", async () => {
      const made = pod();
      made.configure("controllers", "1\n");
      const { code, calls } = await made.run();
      assert.equal(code, 0);
      assert.deepEqual(calls, [format(made, "--standalone"), start(made)]);
    });

    it("as ordinal 0, when each other controller has said that it knows of none", async () => {
      const made = pod();
      made.peer(1, 0);
      made.peer(2, 0);
      const { calls, said } = await made.run();
      assert.deepEqual(calls, [format(made, "--standalone"), start(made)]);
      assert.match(said, /no controller knows a quorum: founding it/);
    });

    it("as a dedicated controller, too", async () => {
      const made = pod(DEDICATED);
      made.peer(1, 0, "controller");
      made.peer(2, 0, "controller");
      assert.deepEqual((await made.run()).calls, [format(made, "--standalone"), start(made)]);
    });

    it("not before the last of them has answered", async () => {
      const made = pod();
      made.peer(1, 0);
      const running = made.start();
      await running.says(/waiting for 1 of 2 other controllers/);
      made.peer(2, 0);
      assert.deepEqual((await running.end).calls, [format(made, "--standalone"), start(made)]);
    });
  });

  describe("joins the quorum", () => {
    it("as ordinal 0 with an empty disk, when a controller knows one, whether or not the others answer", async () => {
      const made = pod();
      made.peer(2, 7);
      const { calls, said } = await made.run();
      assert.deepEqual(calls, [format(made, "--no-initial-controllers"), start(made)]);
      assert.match(said, /controller 2 knows a quorum: joining it/);
    });

    it("when one is known at last after a wait", async () => {
      const made = pod();
      made.peer(1, 0);
      const running = made.start();
      await running.says(/waiting for 1 of 2/);
      made.peer(2, 1);
      assert.deepEqual((await running.end).calls, [format(made, "--no-initial-controllers"), start(made)]);
    });

    it("as any other ordinal, without asking", async () => {
      const made = pod({ POD_NAME: "broker-1" });
      made.command("peer-quorum.sh", 'echo "$0 $*" >>"$CALLS"');
      assert.deepEqual((await made.run()).calls, [format(made, "--no-initial-controllers"), start(made)]);
    });

    it("without asking when only one of its disks is new", async () => {
      for (const [empty, full] of [
        ["data-0", "data-1"],
        ["data-1", "data-0"],
      ] as const) {
        const disks = pod();
        disks.formatted(full, ours());
        disks.volume(empty);
        const made = pod({ KAFKA_DATA_DIRS: `${disks.path("data-0")},${disks.path("data-1")}` });
        made.peer(1, 0);
        made.peer(2, 0);
        assert.deepEqual((await made.run()).calls, [format(made, "--no-initial-controllers"), start(made)]);
      }
    });
  });

  it("formats a broker that is no controller without a say in the quorum", async () => {
    const made = pod({ POD_NAME: "broker-3" });
    assert.deepEqual((await made.run()).calls, [format(made), start(made)]);
    assert.equal(made.rendered()["process.roles"], "broker");
  });

  it("formats nothing that is formatted", async () => {
    const made = pod();
    made.formatted("data-0", ours());
    assert.deepEqual((await made.run()).calls, [start(made)]);
  });

  it("formats with the release that it is told", async () => {
    const made = pod({ POD_NAME: "broker-3" });
    made.configure("metadata-version", "4.2\n");
    assert.deepEqual((await made.run()).calls, [format(made, "--release-version 4.2"), start(made)]);
  });

  it("founds nothing where the first voters are given: each formats its disk for all of them", async () => {
    const made = pod();
    made.configure("voters", "0@broker-0.broker:9093:AAAAAAAAAAAAAAAAAAAAAA\n");
    const voters = "--initial-controllers 0@broker-0.broker:9093:AAAAAAAAAAAAAAAAAAAAAA";
    assert.deepEqual((await made.run()).calls, [format(made, voters), start(made)]);
  });

  it("can be stopped while it waits", async () => {
    const made = pod();
    const running = made.start();
    await running.says(/waiting for 2 of 2/);
    running.stop();
    const { code, calls } = await running.end;
    assert.deepEqual([code, calls], [143, []]);
  });

  it("does not start when formatting fails", async () => {
    const made = pod({ POD_NAME: "broker-3" });
    made.command("kafka-storage.sh", "echo cannot format >&2; exit 1");
    const { code, calls, said } = await made.run();
    assert.deepEqual([code, calls], [1, []]);
    assert.match(said, /cannot format/);
  });

  describe("renders", () => {
    it("the listeners, directories and identity of a broker that is a controller too", async () => {
      const made = pod({ POD_NAME: "broker-2" });
      await made.run();
      const host = "broker-2.broker.kafka.svc";
      assert.deepEqual(made.rendered(), {
        "num.partitions": "3",
        listeners: "CLIENT://:9092,INTERNAL://:9095,CONTROLLER://:9093",
        "advertised.listeners": `CLIENT://${host}:9092,INTERNAL://${host}:9095,CONTROLLER://${host}:9093`,
        "log.dirs": `${made.path("data-0")}/log`,
        "controller.quorum.auto.join.enable": "true",
        "controller.quorum.bootstrap.servers": [0, 1, 2].map((id) => `broker-${id}.broker.kafka.svc:9093`).join(","),
        "health.bootstrap": `${host}:9092`,
        "node.id": "2",
        "process.roles": "broker,controller",
      });
    });

    it("a broker beyond the quorum, reached from outside at a port of its own", async () => {
      const made = pod({
        POD_NAME: "broker-3",
        KAFKA_EXTERNAL_HOST: "kafka.example.com",
        KAFKA_EXTERNAL_PORT_BASE: "30100",
      });
      await made.run();
      const { listeners, "advertised.listeners": advertised, "node.id": id } = made.rendered();
      assert.equal(listeners, "CLIENT://:9092,INTERNAL://:9095,EXTERNAL://:9094");
      assert.equal(advertised?.split(",").at(-1), "EXTERNAL://kafka.example.com:30103");
      assert.equal(id, "3");
    });

    it("a dedicated controller", async () => {
      const made = pod({ ...DEDICATED, POD_NAME: "controller-1" });
      await made.run();
      const { listeners, "process.roles": roles, "node.id": id, ...others } = made.rendered();
      assert.deepEqual([listeners, roles, id], ["CONTROLLER://:9093", "controller", "9001"]);
      // Each by its own name, and the name for all for those that come later.
      const names = ["controller-0.controller", "controller-1.controller", "controller-2.controller", "controller"];
      const addresses = names.map((name) => `${name}.kafka.svc:9093`).join(",");
      assert.equal(others["controller.quorum.bootstrap.servers"], addresses);
    });

    it("a controller that retires, and takes no vote in this pod any more", async () => {
      const made = pod({ ...DEDICATED, POD_NAME: "controller-1" });
      writeFileSync(made.path("retired"), "");
      await made.run();
      const { "controller.quorum.auto.join.enable": joins, "health.retired": retired } = made.rendered();
      assert.deepEqual([joins, retired], ["false", "true"]);
    });

    it("all of its disks", async () => {
      const made = pod({ POD_NAME: "broker-3" });
      const disks = ["data-0", "data-1"].map((name) => made.volume(name));
      const both = pod({ POD_NAME: "broker-3", KAFKA_DATA_DIRS: disks.join(",") });
      await both.run();
      assert.equal(both.rendered()["log.dirs"], disks.map((disk) => `${disk}/log`).join(","));
    });

    it("the rack that was found for it, when the stack has racks", async () => {
      const volume = pod().volume("rack");
      writeFileSync(`${volume}/rack`, "zone-2\n");
      chmodSync(`${volume}/rack`, 0o644);
      const made = pod({ POD_NAME: "broker-3", KAFKA_RACK_FILE: `${volume}/rack` });
      await made.run();
      assert.equal(made.rendered()["broker.rack"], "zone-2");
      const without = pod({ POD_NAME: "broker-3" });
      await without.run();
      assert.equal(without.rendered()["broker.rack"], undefined);
    });
  });

  describe("with ZooKeeper", () => {
    const BROKER = { KAFKA_MODE: "zookeeper", KAFKA_COMBINED: undefined };
    /** A broker whose ZooKeeper answers a question for the cluster's id. */
    const broker = (answer: string) => {
      const made = pod(BROKER);
      made.configure("server.properties", "zookeeper.connect=zookeeper-client:2181\n");
      writeFileSync(made.path("answer"), answer);
      made.command("zookeeper-shell.sh", `echo "$0 $*" >>"$CALLS"; cat >>"$CALLS"; cat ${made.path("answer")}`);
      return made;
    };

    it("formats nothing, and names a new cluster in ZooKeeper before the first broker starts", async () => {
      const made = broker(`Created /cluster/id\n{"version":"1","id":"${CLUSTER}"}\n`);
      const { calls } = await made.run();
      assert.deepEqual(calls, [
        "zookeeper-shell.sh zookeeper-client:2181",
        "create /cluster",
        `create /cluster/id {"version":"1","id":"${CLUSTER}"}`,
        "get /cluster/id",
        "quit",
        start(made),
      ]);
      const { "broker.id": id, "node.id": node, "process.roles": roles } = made.rendered();
      assert.deepEqual([id, node, roles], ["0", undefined, undefined]);
    });

    it("refuses a ZooKeeper that has another cluster", async () => {
      const made = broker(`Node already exists: /cluster\n{"version":"1","id":"BBBBBBBBBBBBBBBBBBBBBB"}\n`);
      const { code, said, calls } = await made.run();
      assert.equal(code, 1);
      assert.match(said, /ZooKeeper at zookeeper-client:2181 belongs to the Kafka cluster 'B{22}'/);
      assert.ok(!calls.includes(start(made)));
    });

    it("refuses to start when ZooKeeper does not say", async () => {
      const { code, said } = await broker("Connection refused\n").run();
      assert.equal(code, 1);
      assert.match(said, /does not say which cluster this is: Connection refused/);
    });

    it("starts on a disk of its own without asking", async () => {
      const made = broker("");
      made.formatted("data-0", ["version=0", "broker.id=0", `cluster.id=${CLUSTER}`]);
      assert.deepEqual((await made.run()).calls, [start(made)]);
    });

    it("refuses a disk that was written with KRaft", async () => {
      const made = broker("");
      made.formatted("data-0", ["version=1", "node.id=0", `cluster.id=${CLUSTER}`]);
      await made.refuses(/data-0 was written with KRaft, .* set mode back to kraft; see docs\/zookeeper-to-kraft\.md/);
    });
  });
});
