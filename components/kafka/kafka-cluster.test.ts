import assert from "node:assert/strict";
import { waitsFor } from "../../test/support/graph";
import { IMAGE, labelsOf, one, RESOURCES, SCOPE, selectorOf } from "../../test/support/components";
import { workloads } from "../../test/support/objects";
import { record, registered, type Recorded } from "../../test/support/recording";
import { KafkaCluster, type KafkaClusterArgs } from "./kafka-cluster";
import type { PoolSpec } from "./kafka-pool";

const POOL: PoolSpec = {
  replicas: 3,
  heap: "512m",
  resources: RESOURCES,
  storage: {
    type: "storageClass",
    accessMode: "ReadWriteOnce",
    size: "10Gi",
    volumes: 1,
    whenScaled: "retain",
    whenDeleted: "retain",
  },
  terminationGracePeriodSeconds: 120,
};
const COMBINED: KafkaClusterArgs = {
  ...SCOPE,
  image: IMAGE,
  version: "4.3.1",
  clusterId: "AAAAAAAAAAAAAAAAAAAAAA",
  settings: { "log.retention.hours": -1, "log.retention.ms": 5 },
  brokers: POOL,
  controllers: 3,
  spread: { nodes: "preferred" },
  directories: { namespace: "kafka-volumes", image: IMAGE },
};
const DEDICATED: KafkaClusterArgs = { ...COMBINED, controllers: { ...POOL, heap: "256m" } };
const ZOOKEEPER: KafkaClusterArgs = { ...COMBINED, version: "3.9.2", zookeeperConnect: "zookeeper-client:2181" };

const cluster = (args: KafkaClusterArgs) => registered(() => new KafkaCluster("broker", args));
const data = (resources: readonly Recorded[]) =>
  one(resources, "ConfigMap", "broker-config").inputs["data"] as Record<string, string>;
const setting = (resources: readonly Recorded[], name: string) => {
  const lines = (data(resources)["server.properties"] ?? "").split("\n");
  return lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
};
const pools = (resources: readonly Recorded[]) =>
  workloads({ resources }, "StatefulSet").map(({ metadata, replicas }) => `${metadata.name ?? ""} ${replicas}`);
const combines = (resources: readonly Recorded[]) =>
  workloads({ resources }, "StatefulSet").some(({ containers }) =>
    containers[0]?.env?.some(({ name }) => name === "KAFKA_COMBINED"),
  );

describe("KafkaCluster", () => {
  describe("with combined roles", () => {
    it("is one pool, whose first servers are the quorum", async () => {
      const resources = await cluster(COMBINED);
      assert.deepEqual(pools(resources), ["broker 3"]);
      assert.ok(combines(resources));
      assert.equal(data(resources)["controllers"], "3\n");
    });

    it("tells servers the numbers and names to ask before founding a quorum, and restarts none when these change", async () => {
      const [three, four] = await Promise.all([
        cluster(COMBINED),
        cluster({ ...COMBINED, brokers: { ...POOL, replicas: 4 } }),
      ]);
      assert.deepEqual(
        [three, four].map((resources) => data(resources)["brokers"]),
        ["3\n", "4\n"],
      );
      const templates = [three, four].map((resources) =>
        JSON.stringify(workloads({ resources }, "StatefulSet")[0]?.containers),
      );
      assert.equal(templates[0], templates[1]);
    });
  });

  describe("with dedicated controllers", () => {
    it("is two pools, whose settings are the same for any number of controllers", async () => {
      const resources = await cluster(DEDICATED);
      assert.deepEqual(pools(resources), ["controller 3", "broker 3"]);
      assert.ok(!combines(resources));
      const more = await cluster({ ...DEDICATED, controllers: { ...POOL, replicas: 5 } });
      assert.equal(data(more)["server.properties"], data(resources)["server.properties"]);
      assert.equal(data(more)["controllers"], "5\n");
    });

    it("starts brokers after the controllers", async () => {
      const resources = await cluster(DEDICATED);
      const [controllers, brokers] = ["broker-controller", "broker"].map((name) => one(resources, "StatefulSet", name));
      assert.ok(controllers && brokers);
      assert.ok(waitsFor({ resources }, brokers).has(controllers.urn));
      assert.ok(!waitsFor({ resources }, controllers).has(brokers.urn));
    });
  });

  describe("with ZooKeeper", () => {
    it("is one pool without controllers, at the ensemble's address", async () => {
      const resources = await cluster(ZOOKEEPER);
      assert.deepEqual(pools(resources), ["broker 3"]);
      assert.ok(!combines(resources));
      assert.equal(setting(resources, "zookeeper.connect"), "zookeeper-client:2181");
      assert.doesNotMatch(data(resources)["server.properties"] ?? "", /controller\./);
    });

    it("creates no controllers even when their number is given as a pool", async () => {
      assert.deepEqual(pools(await cluster({ ...ZOOKEEPER, controllers: POOL })), ["broker 3"]);
    });
  });

  it("lists the first voters where controllers do not join by themselves", async () => {
    const voters = async (args: KafkaClusterArgs) => data(await cluster(args))["voters"];
    const combined = { ...COMBINED, version: "3.9.2" };
    assert.match((await voters(combined)) ?? "", /^0@broker-0\.broker:9093:[\w-]{22},1@broker-1\.broker:9093:/);
    assert.match((await voters({ ...DEDICATED, version: "3.9.2" })) ?? "", /^9000@controller-0\.controller:9093:/);
    assert.equal(await voters(COMBINED), undefined);
    assert.equal(await voters(ZOOKEEPER), undefined);
  });

  it("has one Service for bootstrapping clients", async () => {
    assert.deepEqual(one(await cluster(COMBINED), "Service", "broker-bootstrap").inputs, {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "kafka-bootstrap",
        namespace: "kafka",
        labels: labelsOf("broker", "kafka"),
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: { selector: selectorOf("broker"), ports: [{ name: "client", port: 9092 }] },
    });
    const { outputs } = await record(() => ({ bootstrap: new KafkaCluster("broker", COMBINED).bootstrap }));
    assert.equal(outputs["bootstrap"], "kafka-bootstrap.kafka.svc:9092");
  });

  it("is reachable from outside only on request", async () => {
    const has = async (args: KafkaClusterArgs) =>
      (await cluster(args)).some(({ type }) => type === "kafka-stack:kafka:ExternalAccess");
    assert.equal(await has(COMBINED), false);
    assert.equal(await has({ ...COMBINED, external: { host: "localhost", nodePortBase: 30100 } }), true);
  });

  it("tells brokers, and no other server, the zone of their node, when servers are spread over zones", async () => {
    const zoned = { ...DEDICATED, spread: { nodes: "required", zoneLabel: "topology.kubernetes.io/zone" } } as const;
    const resources = await cluster(zoned);
    const readers = workloads({ resources }, "StatefulSet")
      .filter(({ pod }) => pod.initContainers?.some(({ name }) => name === "rack"))
      .map(({ metadata }) => metadata.name);
    assert.deepEqual(readers, ["broker"]);
    const broker = one(resources, "StatefulSet", "broker");
    assert.ok(waitsFor({ resources }, broker).has(one(resources, "ClusterRoleBinding").urn));
    assert.ok(!(await cluster(DEDICATED)).some(({ type }) => type.endsWith(":ClusterRole")));
  });

  it("shows what restarts a server: a setting, the image, the heap, but not the number of servers", async () => {
    const restarts = async (changed: Partial<KafkaClusterArgs>) =>
      (await record(() => ({ restarts: new KafkaCluster("broker", { ...COMBINED, ...changed }).restarts }))).outputs[
        "restarts"
      ];
    const same = await restarts({});
    assert.equal(await restarts({ brokers: { ...POOL, replicas: 4 } }), same);
    assert.equal(await restarts({ settings: { ...COMBINED.settings, "log.retention.ms": 6 } }), same);
    const other = [
      { settings: {} },
      { image: `${IMAGE}0` },
      { brokers: { ...POOL, heap: "600m" } },
      { controllers: POOL },
    ];
    for (const changed of other) assert.notEqual(await restarts(changed), same, JSON.stringify(changed));
  });

  it("returns its servers", async () => {
    const made: KafkaCluster[] = [];
    const resources = await registered(() => made.push(new KafkaCluster("broker", COMBINED)));
    const [cluster] = made;
    assert.ok(cluster);
    const urns = cluster.servers.map(({ urn }) => (urn as unknown as { promise(): Promise<string> }).promise());
    assert.deepEqual(await Promise.all(urns), [one(resources, "StatefulSet").urn]);
  });
});
