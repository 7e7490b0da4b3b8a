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
  });

  it("starts the server, which formats unformatted volumes itself", async () => {
    const empty = pod();
    assert.deepEqual((await empty.run()).calls, [start(empty)]);
    const formatted = pod();
    formatted.formatted("data-0", ours());
    assert.deepEqual((await formatted.run()).calls, [start(formatted)]);
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
        "health.brokers": "broker-0.broker.kafka.svc:9092,broker-1.broker.kafka.svc:9092",
        "health.controllers": [0, 1, 2].map((id) => `broker-${id}.broker.kafka.svc:8080`).join(","),
        "node.id": "2",
        "process.roles": "broker,controller",
      });
    });

    it("a listener for passwords, where the stack has one, of brokers alone", async () => {
      const map = "listener.security.protocol.map=CLIENT:SSL,INTERNAL:SSL,EXTERNAL:SSL,CONTROLLER:SSL,SCRAM:SASL_SSL\n";
      const broker = pod({ POD_NAME: "broker-1" });
      writeFileSync(broker.path("config", "server.properties"), map);
      await broker.run();
      const { listeners, "advertised.listeners": advertised } = broker.rendered();
      assert.equal(listeners, "CLIENT://:9092,INTERNAL://:9095,SCRAM://:9096,CONTROLLER://:9093");
      assert.match(advertised ?? "", /,SCRAM:\/\/broker-1\.broker\.kafka\.svc:9096,/);
      const controller = pod(DEDICATED);
      writeFileSync(controller.path("config", "server.properties"), map);
      await controller.run();
      assert.equal(controller.rendered()["listeners"], "CONTROLLER://:9093");
    });

    it("a broker beyond the quorum, with its own port for outside clients", async () => {
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
      // Each by its own name, and the common name for later ones.
      const names = ["controller-0.controller", "controller-1.controller", "controller-2.controller", "controller"];
      const addresses = names.map((name) => `${name}.kafka.svc:9093`).join(",");
      assert.equal(others["controller.quorum.bootstrap.servers"], addresses);
    });

    it("a controller that retires, and does not become a voter in this pod any more", async () => {
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

    it("its rack, when the stack has racks", async () => {
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
    /** A broker whose ZooKeeper answers the request for the cluster's id. */
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
        "ls /brokers/topics",
        "quit",
        start(made),
      ]);
      const { "broker.id": id, "node.id": node, "process.roles": roles } = made.rendered();
      assert.deepEqual([id, node, roles], ["0", undefined, undefined]);
    });

    for (const [answer, topics] of [
      ["[]", "0"],
      ["Node does not exist: /brokers/topics", "0"],
      ["[orders]", undefined],
      ["Connection loss", undefined],
    ] as const) {
      it(`tells a broker with an empty disk whether there are topics: ${answer}`, async () => {
        const made = broker(`{"version":"1","id":"${CLUSTER}"}\n${answer}\n`);
        await made.run();
        assert.equal(made.rendered()["health.topics"], topics);
      });
    }

    it("refuses a ZooKeeper of another cluster", async () => {
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

    it("starts on its own disk without asking", async () => {
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
