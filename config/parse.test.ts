import assert from "node:assert/strict";
import { parseConfig } from "./parse";
import type { PlainConfig } from "./resolve";
import { volumePath } from "../components/storage/plan";

/** Parses the config of a valid stack file. */
function parsed(raw: Record<string, unknown>): PlainConfig {
  const result = parseConfig(raw);
  assert.ok(result.ok, result.ok ? "" : result.problems.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  return result.config;
}

const problems = (raw: Record<string, unknown>): string[] => {
  const result = parseConfig(raw);
  return result.ok ? [] : result.problems.map(({ path }) => path);
};

describe("the stack config", () => {
  it("is a stack of three KRaft brokers when nothing is set", () => {
    const config = parsed({});
    assert.equal(config.mode, "kraft");
    assert.equal(config.replicas, 3);
    assert.equal(config.kafka.version, "4.3.1");
    assert.equal(config.controllers.replicas, 3);
    assert.deepEqual(config.storage, {
      type: "hostPath",
      size: "10Gi",
      volumes: 1,
      whenScaled: "retain",
      whenDeleted: "retain",
      path: "/data/kafka/broker/{ordinal}",
    });
    assert.deepEqual(config.topics, [{ name: "chatroom", partitions: 12, replicationFactor: 3, config: {} }]);
    assert.deepEqual(config.kchat.rooms, ["chatroom"]);
    assert.equal(config.registry.pushAddress, "localhost:31500");
    assert.equal(config.registry.pullAddress, "localhost:31500");
  });

  it("accepts numbers and booleans as text, as `pulumi config set` stores them, and numbers where text is wanted", () => {
    const config = parsed({
      replicas: "4",
      kafka: { metadataVersion: 4.2, external: { enabled: "true", nodePortBase: "30200" } },
      controllers: { resources: { requests: { cpu: 1 } } },
    });
    assert.equal(config.replicas, 4);
    assert.equal(config.kafka.metadataVersion, "4.2");
    assert.deepEqual(config.kafka.external, { enabled: true, host: "localhost", nodePortBase: 30200 });
    assert.equal(config.controllers.resources.requests.cpu, "1");
  });

  it("keeps the other defaults of an object in which one key is set", () => {
    const { resources } = parsed({ kafka: { resources: { limits: { memory: "2Gi" } } } }).kafka;
    assert.deepEqual(resources, {
      requests: { cpu: "250m", memory: "768Mi", "ephemeral-storage": "256Mi" },
      limits: { memory: "2Gi", "ephemeral-storage": "256Mi" },
    });
  });

  it("reads rates as bytes per second", () => {
    const throttle = (value: unknown) =>
      parsed({ operations: { rebalance: { throttle: value } } }).operations.rebalance.throttle;
    assert.equal(throttle("50MiB"), 52_428_800);
    assert.equal(throttle("1MB"), 1_000_000);
    assert.equal(throttle("2048"), 2048);
    assert.equal(throttle(2048), 2048);
  });

  describe("defaults that depend on other keys", () => {
    it("are the replication factor of topics, from the number of brokers", () => {
      const copies = (replicas: number) => {
        const { topics, kafka } = parsed({ replicas });
        return [
          topics[0]?.replicationFactor,
          kafka.config["default.replication.factor"],
          kafka.config["min.insync.replicas"],
        ];
      };
      assert.deepEqual([1, 2, 3, 4, 100].map(copies), [
        [1, 1, 1],
        [2, 2, 1],
        [3, 3, 2],
        [3, 3, 2],
        [3, 3, 2],
      ]);
    });

    it("keep a broker's settings the same from three brokers up", () => {
      assert.deepEqual(parsed({ replicas: 3 }).kafka.config, parsed({ replicas: 100 }).kafka.config);
    });

    it("give a topic with few replicas a min.insync.replicas that fits, unless the config names one", () => {
      const topics = [
        { name: "chatroom" },
        { name: "two", replicationFactor: 2 },
        { name: "one", replicationFactor: 1 },
      ];
      assert.deepEqual(
        parsed({ topics }).topics.map(({ config }) => config),
        [{}, { "min.insync.replicas": 1 }, { "min.insync.replicas": 1 }],
      );
      const { topics: named } = parsed({ topics, kafka: { config: { "min.insync.replicas": 1 } } });
      assert.deepEqual(
        named.map(({ config }) => config),
        [{}, {}, {}],
      );
    });

    it("are the Kafka version and its settings, from the mode", () => {
      const zookeeper = parsed({ mode: "zookeeper" }).kafka;
      assert.equal(zookeeper.version, "3.9.2");
      assert.equal("share.coordinator.state.topic.min.isr" in zookeeper.config, false);
      assert.equal(parsed({}).kafka.config["share.coordinator.state.topic.min.isr"], 2);
    });

    it("are the number of controllers, from their kind", () => {
      const count = (raw: Record<string, unknown>) => parsed(raw).controllers.replicas;
      assert.equal(count({ replicas: 1 }), 1);
      assert.equal(count({ replicas: 2 }), 1);
      assert.equal(count({ replicas: 5 }), 3);
      assert.equal(count({ replicas: 1, controllers: { dedicated: true } }), 3);
      assert.equal(count({ replicas: 5, controllers: { replicas: 5 } }), 5);
    });

    it("are directories with the namespace in them, so that two stacks on a node never share one", () => {
      const paths = (namespace: string) => {
        const { storage, controllers, zookeeper } = parsed({ cluster: { namespace } });
        return [storage, controllers.storage, zookeeper.storage].map((each) =>
          each.type === "hostPath" ? each.path : each.type,
        );
      };
      const kinds = ["broker", "controller", "zookeeper"];
      assert.deepEqual(
        paths("kafka"),
        kinds.map((kind) => `/data/kafka/${kind}/{ordinal}`),
      );
      assert.deepEqual(
        paths("orders"),
        kinds.map((kind) => `/data/kafka/orders/${kind}/{ordinal}`),
      );
    });

    it("are the storage of controllers and ZooKeeper servers: the brokers' backend, their own directory and size", () => {
      const { controllers, zookeeper } = parsed({
        storage: { nodes: ["a"], volumes: 2, size: "1Ti" },
      });
      const common = {
        type: "hostPath",
        volumes: 1,
        size: "2Gi",
        nodes: ["a"],
        whenScaled: "retain",
        whenDeleted: "retain",
      };
      assert.deepEqual(controllers.storage, { ...common, path: "/data/kafka/controller/{ordinal}" });
      assert.deepEqual(zookeeper.storage, { ...common, path: "/data/kafka/zookeeper/{ordinal}" });
      const claims = parsed({ storage: { type: "storageClass", className: "fast" } }).controllers.storage;
      assert.ok(claims.type === "storageClass" && claims.className === "fast");
    });

    it("are the type of a storage in which only other keys are set", () => {
      assert.equal(parsed({ storage: { size: "3Gi" } }).storage.type, "hostPath");
      const { storage } = parsed({
        storage: { type: "storageClass" },
        controllers: { dedicated: true, storage: { size: "3Gi" } },
      }).controllers;
      assert.ok(storage.type === "storageClass" && storage.size === "3Gi");
    });

    it("are an NFS export for each ordinal on one server", () => {
      const { storage } = parsed({ replicas: 2, storage: { type: "nfs", server: "nas", path: "/kafka/{ordinal}" } });
      assert.ok(storage.type === "nfs");
      assert.deepEqual(
        storage.servers.map(({ server, path }, ordinal) => [server, volumePath(path, { ordinal, volume: 0 })]),
        [
          ["nas", "/kafka/0"],
          ["nas", "/kafka/1"],
        ],
      );
    });

    it("are the rooms: chatroom when it is declared, else every topic", () => {
      const rooms = (...names: string[]) => parsed({ topics: names.map((name) => ({ name })) }).kchat.rooms;
      assert.deepEqual(rooms("lobby", "chatroom"), ["chatroom"]);
      assert.deepEqual(rooms("lobby", "help"), ["lobby", "help"]);
    });

    it("are the registry's addresses, from its NodePort or its push address", () => {
      const addresses = (registry: object) => {
        const { pushAddress, pullAddress } = parsed({ registry }).registry;
        return [pushAddress, pullAddress];
      };
      assert.deepEqual(addresses({ nodePort: 30005 }), ["localhost:30005", "localhost:30005"]);
      assert.deepEqual(addresses({ pushAddress: "a:5000" }), ["a:5000", "a:5000"]);
      assert.deepEqual(addresses({ pullAddress: "b:5000" }), ["localhost:31500", "b:5000"]);
    });
  });

  describe("problems", () => {
    it("come all at once: those of single keys and those between keys", () => {
      assert.deepEqual(
        problems({
          replcas: 4,
          storage: { size: "3GB", path: "/data" },
          topics: [{ name: "chatroom", replicationFactor: 5 }],
          kafka: { heap: "2g", config: { "node.id": 1 } },
          registry: { nodePort: 30192 },
        }),
        [
          "storage.size",
          "storage.path",
          "replcas",
          'kafka.config["node.id"]',
          "topics[0].replicationFactor",
          "kafka.heap",
          "kchat.producer.nodePort",
        ],
      );
    });

    it("come all at once: a wrong topic hides neither the settings of brokers nor those of other topics", () => {
      assert.deepEqual(
        problems({
          topics: [
            { name: "no spaces", config: { "retention.ms": "week" } },
            { name: "lobby", partitions: 0, config: { "segment.bytes": 1, acks: "all" } },
          ],
          kafka: { config: { "num.io.threads": 0, "linger.ms": 5, "log.retention.hours": "soon" } },
        }).sort(),
        [
          'kafka.config["linger.ms"]',
          'kafka.config["log.retention.hours"]',
          'kafka.config["num.io.threads"]',
          "topics[0].name",
          'topics[0].config["retention.ms"]',
          "topics[1].config.acks",
          'topics[1].config["segment.bytes"]',
          "topics[1].partitions",
        ].sort(),
      );
    });

    it("ignore values that are wrong by themselves", () => {
      assert.deepEqual(problems({ replicas: "many", topics: [{ name: "chatroom", replicationFactor: 5 }] }), [
        "replicas",
      ]);
      assert.deepEqual(problems({ storage: { type: "disk" }, controllers: { dedicated: true } }), ["storage.type"]);
    });

    it("concern only servers that the mode has", () => {
      assert.deepEqual(problems({ storage: { type: "nfs", server: "nas", path: "/{ordinal}" } }), []);
      assert.deepEqual(problems({ zookeeper: { storage: { type: "nfs" } } }), []);
      assert.deepEqual(problems({ mode: "zookeeper", zookeeper: { storage: { type: "nfs" } } }), [
        "zookeeper.storage.servers",
      ]);
    });

    it("ignore settings of plugins, which Kafka does not know", () => {
      const config = { "acme.audit.topic": "audit", "listener.name.client.ssl.client.auth": "none" };
      assert.deepEqual(problems({ kafka: { config } }), []);
    });

    it("ignore NodePorts that nothing uses", () => {
      assert.deepEqual(problems({ registry: { nodePort: 30192 }, kchat: { serviceType: "ClusterIP" } }), []);
      assert.deepEqual(problems({ registry: { nodePort: 30100 } }), []);
      assert.deepEqual(problems({ registry: { nodePort: 30192 }, kchat: { enabled: false } }), []);
      assert.deepEqual(
        problems({ registry: { external: true, pushAddress: "registry.example.com", nodePort: 30192 } }),
        [],
      );
    });
  });
});

describe("a volume's directory", () => {
  it("is the template with the server's number, followed by the volume's from the second on", () => {
    const path = (template: string, ordinal: number, volume: number) => volumePath(template, { ordinal, volume });
    assert.equal(path("/data/{ordinal}", 7, 0), "/data/7");
    assert.equal(path("/data/{ordinal}", 7, 2), "/data/7-2");
    assert.equal(path("/disk-{volume}/{ordinal}", 7, 0), "/disk-0/7");
    assert.equal(path("/exports/a", 7, 0), "/exports/a");
  });
});
