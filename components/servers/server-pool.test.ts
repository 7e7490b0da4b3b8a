import assert from "node:assert/strict";
import { labelsOf, one, parts, SCOPE, selectorOf } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { ServerPool, type ServerPoolArgs } from "./server-pool";

const args: ServerPoolArgs = {
  ...SCOPE,
  pool: "broker",
  role: "broker",
  replicas: 3,
  terminationGracePeriodSeconds: 120,
  pod: { containers: [{ name: "broker" }] },
  restartHash: "0123456789abcdef",
  ports: { client: 9092, internal: 9095 },
  access: [{ ports: [9092], from: "namespace" }],
  storage: {
    type: "storageClass",
    accessMode: "ReadWriteOnce",
    size: "10Gi",
    volumes: 2,
    whenScaled: "retain",
    whenDeleted: "retain",
  },
};
const metadata = { name: "broker", namespace: "kafka", labels: labelsOf("broker", "kafka") };
const pool = (changed: Partial<ServerPoolArgs> = {}) =>
  registered(() => new ServerPool("pool", { ...args, ...changed }));

describe("ServerPool", () => {
  it("is a StatefulSet with a headless Service, a budget and a policy", async () => {
    assert.deepEqual(parts(await pool()), [
      "NetworkPolicy pool-access",
      "PodDisruptionBudget pool-budget",
      "Service pool-headless",
      "StatefulSet pool",
    ]);
  });

  it("starts all servers at once and rolls them one by one", async () => {
    const template = (volume: number) => ({
      metadata: { name: `data-${volume}` },
      spec: { accessModes: ["ReadWriteOnce"], storageClassName: "", resources: { requests: { storage: "1Gi" } } },
    });
    assert.deepEqual(one(await pool(), "StatefulSet").inputs, {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata,
      spec: {
        serviceName: "broker",
        replicas: 3,
        podManagementPolicy: "Parallel",
        updateStrategy: { type: "RollingUpdate" },
        selector: { matchLabels: selectorOf("broker") },
        template: {
          metadata: {
            labels: labelsOf("broker", "kafka"),
            annotations: { "kafka-stack/restart-hash": "0123456789abcdef" },
          },
          spec: { containers: [{ name: "broker" }] },
        },
        persistentVolumeClaimRetentionPolicy: { whenScaled: "Retain", whenDeleted: "Retain" },
        volumeClaimTemplates: [template(0), template(1)],
      },
    });
  });

  it("keeps claims whatever the config says: a mark tells that the program deletes them once servers have left for good", async () => {
    const { storage } = args;
    assert.ok(storage);
    const given = { ...storage, whenScaled: "delete", whenDeleted: "delete" } as const;
    const set = one(await pool({ storage: given }), "StatefulSet").inputs as Record<string, Record<string, unknown>>;
    assert.deepEqual(set["spec"]?.["persistentVolumeClaimRetentionPolicy"], {
      whenScaled: "Retain",
      whenDeleted: "Retain",
    });
    assert.deepEqual(set["metadata"]?.["annotations"], { "kafka-stack/when-scaled": "delete" });
  });

  it("has constant claim templates, because they are immutable", async () => {
    const templates = async (changed: Partial<ServerPoolArgs>) =>
      (one(await pool(changed), "StatefulSet").inputs["spec"] as Record<string, unknown>)["volumeClaimTemplates"];
    const { storage } = args;
    assert.ok(storage);
    const other = {
      ...storage,
      type: "storageClass" as const,
      accessMode: "ReadWriteOncePod",
      size: "50Gi",
      className: "fast",
    };
    assert.deepEqual(await templates({ storage: other }), await templates({}));
    assert.equal(await templates({ storage: undefined }), undefined);
  });

  it("publishes addresses of unready servers, and is not awaited", async () => {
    assert.deepEqual(one(await pool(), "Service").inputs, {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: {
        clusterIP: "None",
        selector: selectorOf("broker"),
        publishNotReadyAddresses: true,
        ports: [
          { name: "client", port: 9092 },
          { name: "internal", port: 9095 },
        ],
      },
    });
  });

  it("lets a drain evict one server at a time", async () => {
    assert.deepEqual(one(await pool(), "PodDisruptionBudget").inputs, {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf("broker") } },
    });
  });

  it("starts after its dependencies, and has time to roll", async () => {
    const resources = await pool();
    const { dependencies, timeouts } = one(resources, "StatefulSet");
    const before = ["Service", "NetworkPolicy", "PodDisruptionBudget"].map((kind) => one(resources, kind).urn);
    assert.deepEqual([...dependencies].sort(), before.sort());
    assert.deepEqual(timeouts, { create: 900, update: 3 * 3600, delete: 720 });
  });
});
