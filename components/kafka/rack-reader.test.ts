import assert from "node:assert/strict";
import { IMAGE, labelsOf, one, parts, RESTRICTED, SCOPE } from "../../test/support/components";
import { workloads } from "../../test/support/objects";
import { registered } from "../../test/support/recording";
import { RackReader } from "./rack-reader";
import { KafkaCluster } from "./kafka-cluster";

const reader = () => registered(() => new RackReader("rack", { ...SCOPE, image: IMAGE, label: "zone" }));

/** The pod of a broker that has a rack. */
async function brokerPod() {
  const pool = {
    replicas: 1,
    heap: "512m",
    resources: {},
    storage: {
      type: "storageClass",
      accessMode: "ReadWriteOnce",
      size: "1Gi",
      volumes: 1,
      whenScaled: "retain",
      whenDeleted: "retain",
    },
    terminationGracePeriodSeconds: 30,
  } as const;
  const resources = await registered(
    () =>
      new KafkaCluster("broker", {
        ...SCOPE,
        image: IMAGE,
        version: "4.3.1",
        clusterId: "AAAAAAAAAAAAAAAAAAAAAA",
        settings: {},
        brokers: pool,
        controllers: 1,
        spread: { nodes: "preferred", zoneLabel: "zone" },
        directories: { namespace: "kafka-volumes", image: IMAGE },
      }),
  );
  const [broker] = workloads({ resources }, "StatefulSet");
  assert.ok(broker);
  return broker.pod;
}

describe("RackReader", () => {
  it("is an account that may get nodes, and nothing else", async () => {
    const resources = await reader();
    assert.deepEqual(parts(resources), ["ClusterRole rack", "ClusterRoleBinding rack", "ServiceAccount rack"]);
    const clusterWide = { name: "kafka-broker-racks", labels: labelsOf("broker", "kafka") };
    const { metadata, rules } = one(resources, "ClusterRole").inputs;
    assert.deepEqual(metadata, clusterWide);
    assert.deepEqual(rules, [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }]);
    const binding = one(resources, "ClusterRoleBinding").inputs;
    assert.deepEqual(binding["subjects"], [{ kind: "ServiceAccount", name: "broker", namespace: "kafka" }]);
    assert.deepEqual(binding["roleRef"], {
      apiGroup: "rbac.authorization.k8s.io",
      kind: "ClusterRole",
      name: "kafka-broker-racks",
    });
    assert.equal(one(resources, "ServiceAccount").inputs["automountServiceAccountToken"], false);
  });

  it("gives its token only to the init container, for the shortest time", async () => {
    const {
      initContainers = [],
      containers,
      volumes = [],
      serviceAccountName,
      automountServiceAccountToken,
    } = await brokerPod();
    assert.equal(serviceAccountName, "broker");
    assert.equal(automountServiceAccountToken, false);
    const tokens = volumes.filter(({ projected }) => projected?.sources?.some((source) => source.serviceAccountToken));
    assert.deepEqual(
      tokens.map(({ name }) => name),
      ["account"],
    );
    assert.equal(tokens[0]?.projected?.sources?.[0]?.serviceAccountToken?.expirationSeconds, 600);
    const holders = [...initContainers, ...containers].filter(({ volumeMounts }) =>
      volumeMounts?.some(({ name }) => name === "account"),
    );
    assert.deepEqual(
      holders.map(({ name }) => name),
      ["rack"],
    );
    assert.deepEqual(holders[0]?.securityContext, RESTRICTED);
  });

  it("passes the rack in a file that the broker cannot write", async () => {
    const { initContainers, containers } = await brokerPod();
    assert.deepEqual(initContainers?.[0]?.args, ["zone", "/etc/kafka-rack/rack"]);
    const [broker] = containers;
    assert.ok(broker);
    assert.deepEqual(broker.env?.find(({ name }) => name === "KAFKA_RACK_FILE")?.value, "/etc/kafka-rack/rack");
    assert.deepEqual(
      broker.volumeMounts?.find(({ name }) => name === "rack"),
      {
        name: "rack",
        mountPath: "/etc/kafka-rack",
        readOnly: true,
      },
    );
  });
});
