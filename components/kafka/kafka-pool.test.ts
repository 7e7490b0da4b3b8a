import assert from "node:assert/strict";
import { IMAGE, one, parts, RESOURCES, SCOPE, selectorOf } from "../../test/support/components";
import { workloads, type Workload } from "../../test/support/objects";
import { registered } from "../../test/support/recording";
import { KafkaPool, type KafkaPoolArgs } from "./kafka-pool";

const BROKERS: KafkaPoolArgs = {
  ...SCOPE,
  pool: "broker",
  mode: "kraft",
  replicas: 3,
  heap: "512m",
  resources: RESOURCES,
  storage: {
    type: "hostPath",
    path: "/data/{ordinal}",
    size: "3Gi",
    volumes: 2,
    whenScaled: "retain",
    whenDeleted: "retain",
  },
  terminationGracePeriodSeconds: 120,
  image: IMAGE,
  clusterId: "AAAAAAAAAAAAAAAAAAAAAA",
  combined: false,
  configMap: "kafka-config",
  restartHash: "0123456789abcdef",
  restartSettings: {},
  spread: { nodes: "preferred" },
  directories: { namespace: "kafka-volumes", image: IMAGE },
};
const CONTROLLERS: KafkaPoolArgs = { ...BROKERS, pool: "controller" };

const pool = (args: KafkaPoolArgs) => registered(() => new KafkaPool("pool", args));
const servers = async (args: KafkaPoolArgs): Promise<Workload> => {
  const [found] = workloads({ resources: await pool(args) }, "StatefulSet");
  assert.ok(found);
  return found;
};
/** Variables with plain values. */
const environment = ({ containers }: Workload) =>
  Object.fromEntries(
    (containers[0]?.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  );
const ports = ({ containers }: Workload): Record<string, number> =>
  Object.fromEntries((containers[0]?.ports ?? []).map(({ name = "", containerPort }) => [name, containerPort]));
/** Who may reach which ports; no peer means anyone. */
const access = async (args: KafkaPoolArgs) => {
  const { ingress } = one(await pool(args), "NetworkPolicy").inputs["spec"] as unknown as {
    ingress: { ports: { port: number }[]; from?: unknown[] }[];
  };
  return ingress.map((rule) => ({ ports: rule.ports.map(({ port }) => port), from: rule.from }));
};
const role = (name: string) => ({ podSelector: { matchLabels: selectorOf(name) } });

describe("KafkaPool", () => {
  it("is a pool of servers and their volumes", async () => {
    assert.deepEqual(parts(await pool({ ...BROKERS, replicas: 1 })), [
      "Job pool-volumes-directories",
      "NetworkPolicy pool-access",
      "PersistentVolume pool-volumes-0-0-volume",
      "PersistentVolume pool-volumes-0-1-volume",
      "PersistentVolumeClaim pool-volumes-0-0-claim",
      "PersistentVolumeClaim pool-volumes-0-1-claim",
      "PodDisruptionBudget pool-budget",
      "Service pool-headless",
      "StatefulSet pool",
    ]);
  });

  it("tells brokers their pool, ids, cluster and disks", async () => {
    assert.deepEqual(environment(await servers(BROKERS)), {
      KAFKA_HEAP_OPTS: "-Xms512m -Xmx512m",
      KAFKA_POOL: "broker",
      KAFKA_MODE: "kraft",
      KAFKA_CLUSTER_ID: "AAAAAAAAAAAAAAAAAAAAAA",
      KAFKA_NODE_ID_BASE: "0",
      KAFKA_DATA_DIRS: "/var/lib/kafka/data-0,/var/lib/kafka/data-1",
    });
  });

  it("tells controllers another first id", async () => {
    const { KAFKA_POOL, KAFKA_NODE_ID_BASE } = environment(await servers(CONTROLLERS));
    assert.deepEqual([KAFKA_POOL, KAFKA_NODE_ID_BASE], ["controller", "9000"]);
  });

  it("tells brokers when some are controllers too, and their address for outside clients", async () => {
    const external = { host: "kafka.example.com", nodePortBase: 30100 };
    const given = environment(await servers({ ...BROKERS, combined: true, external }));
    assert.equal(given["KAFKA_COMBINED"], "yes");
    assert.equal(given["KAFKA_EXTERNAL_HOST"], "kafka.example.com");
    assert.equal(given["KAFKA_EXTERNAL_PORT_BASE"], "30100");
  });

  it("has nothing in its pods that depends on the number of servers", async () => {
    const template = async (args: KafkaPoolArgs) => (await servers(args)).template;
    for (const args of [BROKERS, { ...BROKERS, combined: true }, CONTROLLERS]) {
      assert.deepEqual(await template({ ...args, replicas: 7 }), await template(args));
    }
  });

  it("mounts each volume at its directory", async () => {
    const { containers } = await servers(BROKERS);
    const mounts = containers[0]?.volumeMounts?.filter(({ name }) => name.startsWith("data-"));
    assert.deepEqual(mounts, [
      { name: "data-0", mountPath: "/var/lib/kafka/data-0" },
      { name: "data-1", mountPath: "/var/lib/kafka/data-1" },
    ]);
  });

  it("opens the ports of its roles", async () => {
    const external = { host: "localhost", nodePortBase: 30100 };
    assert.deepEqual(ports(await servers(BROKERS)), { client: 9092, internal: 9095, health: 8080, metrics: 9404 });
    assert.deepEqual(ports(await servers(CONTROLLERS)), { controller: 9093, health: 8080, metrics: 9404 });
    assert.deepEqual(ports(await servers({ ...BROKERS, combined: true, external })), {
      client: 9092,
      internal: 9095,
      controller: 9093,
      external: 9094,
      health: 8080,
      metrics: 9404,
    });
  });

  it("opens brokers' client port to the namespace, and the rest only to other servers", async () => {
    const others = [role("broker"), role("controller")];
    assert.deepEqual(await access(BROKERS), [
      { ports: [9093, 9095, 8080], from: others },
      { ports: [9092], from: [{ podSelector: {} }] },
    ]);
    assert.deepEqual(await access(CONTROLLERS), [
      { ports: [9093, 8080], from: others },
      { ports: [8080], from: [role("ops")] },
    ]);
  });

  it("opens brokers' client port to other clients, and no other port", async () => {
    const clients = [{ namespace: "orders" }];
    const others = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "orders" } } };
    assert.deepEqual((await access({ ...BROKERS, clients })).at(-1), {
      ports: [9092],
      from: [{ podSelector: {} }, others],
    });
    assert.deepEqual(await access({ ...CONTROLLERS, clients }), await access(CONTROLLERS));
  });

  it("opens the external port to anyone, if there is one", async () => {
    const rules = await access({ ...BROKERS, external: { host: "localhost", nodePortBase: 30100 } });
    assert.deepEqual(rules.at(-1), { ports: [9094], from: undefined });
  });

  it("starts its servers only when their volumes are there", async () => {
    const resources = await pool(BROKERS);
    const needed = resources.filter(({ type, custom }) => custom && /:(PersistentVolumeClaim|Job)$/.test(type));
    const { dependencies } = one(resources, "ServerPool");
    assert.equal(needed.length, 7);
    assert.deepEqual([...dependencies].sort(), needed.map(({ urn }) => urn).sort());
  });
});
