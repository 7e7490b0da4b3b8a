import assert from "node:assert/strict";
import { IMAGE, one, RESOURCES, SCOPE } from "../../test/support/components";
import { waitsFor } from "../../test/support/graph";
import { registered } from "../../test/support/recording";
import { Kafka, type KafkaArgs } from "./kafka";

const ARGS: KafkaArgs = {
  ...SCOPE,
  images: { kafka: IMAGE, services: IMAGE },
  version: "4.3.1",
  brokers: {
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
  },
};

describe("Kafka", () => {
  it("asks all that may refuse a change before anything is drained, and whether servers can be spared after it", async () => {
    const resources = await registered(() => new Kafka("kafka", ARGS));
    const job = (name: string) => one(resources, "Job", name);
    const before = (name: string) => waitsFor({ resources }, job(name));
    assert.ok(before("prepare").has(job("broker-config-check").urn));
    assert.ok(before("prepare").has(job("metadata-check").urn));
    assert.ok(before("broker-restart-check").has(job("prepare").urn));
    const servers = waitsFor({ resources }, one(resources, "StatefulSet", "broker"));
    assert.ok(servers.has(job("broker-restart-check").urn));
  });
});
