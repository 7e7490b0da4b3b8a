import assert from "node:assert/strict";
import { IMAGE, labelsOf, one, parts, RESTRICTED, SCOPE, securityOf } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { OpsJob, type OpsJobArgs } from "./ops-job";

const args: OpsJobArgs = {
  ...SCOPE,
  image: IMAGE,
  bootstrap: "kafka-bootstrap.kafka.svc:9092",
  task: "finish",
  clusterFile: "desired-state-1",
};
const labels = labelsOf("ops", "kafka-ops");
const job = (changed: Partial<OpsJobArgs> = {}) => registered(() => new OpsJob("job", { ...args, ...changed }));
const container = {
  name: "ops",
  image: IMAGE,
  command: ["node", "/app/ops.js"],
  args: ["finish", "--file", "/etc/ops/cluster.json"],
  env: [
    { name: "KAFKA_BOOTSTRAP_ADDRESS", value: "kafka-bootstrap.kafka.svc:9092" },
    { name: "NODE_OPTIONS", value: "--max-old-space-size=384" },
  ],
  terminationMessagePolicy: "FallbackToLogsOnError",
  securityContext: RESTRICTED,
  resources: {
    requests: { cpu: "50m", memory: "128Mi", "ephemeral-storage": "16Mi" },
    limits: { cpu: "1", memory: "512Mi", "ephemeral-storage": "16Mi" },
  },
  volumeMounts: [{ name: "cluster", mountPath: "/etc/ops", readOnly: true }],
};

describe("OpsJob", () => {
  it("runs its task with the document", async () => {
    const resources = await job();
    assert.deepEqual(parts(resources), ["Job job"]);
    assert.deepEqual(one(resources, "Job").inputs, {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { namespace: "kafka", labels, annotations: { "pulumi.com/replaceUnready": "true" } },
      spec: {
        backoffLimit: 0,
        podFailurePolicy: {
          rules: [
            { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
            { action: "Ignore", onExitCodes: { operator: "In", values: [137, 143] } },
          ],
        },
        activeDeadlineSeconds: 30 * 24 * 3600,
        template: {
          metadata: { labels, annotations: {} },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            restartPolicy: "Never",
            securityContext: securityOf(10001),
            containers: [container],
            volumes: [{ name: "cluster", configMap: { name: "desired-state-1" } }],
          },
        },
      },
    });
  });

  it("is another Job when the document or its trigger changes, and otherwise the same", async () => {
    const template = async (changed: Partial<OpsJobArgs>) =>
      JSON.stringify(one(await job(changed), "Job").inputs["spec"]);
    const same = await template({});
    assert.equal(await template({ clusterFile: "desired-state-1" }), same);
    assert.notEqual(await template({ clusterFile: "desired-state-2" }), same);
    assert.notEqual(await template({ runAgainFor: "other" }), same);
  });

  it("may take 30 days when it has no deadline, and is awaited for a minute longer", async () => {
    assert.deepEqual(one(await job(), "Job").timeouts, { create: 30 * 24 * 3600 + 60, delete: 300 });
    const limited = one(await job({ deadlineSeconds: 600 }), "Job");
    assert.deepEqual(limited.timeouts, { create: 660, delete: 300 });
    assert.equal((limited.inputs["spec"] as { activeDeadlineSeconds: number }).activeDeadlineSeconds, 600);
  });

  it("is neither awaited nor replaced while it runs, when that is not wanted", async () => {
    const { metadata } = one(await job({ awaited: false }), "Job").inputs as { metadata: { annotations: unknown } };
    assert.deepEqual(metadata.annotations, { "pulumi.com/skipAwait": "true" });
  });

  it("reads what earlier updates left only in order to prepare", async () => {
    const records = async (changed: Partial<OpsJobArgs>) => {
      const { spec } = (
        one(await job(changed), "Job").inputs["spec"] as {
          template: { spec: { volumes: unknown[]; containers: { env: unknown[]; volumeMounts: unknown[] }[] } };
        }
      ).template;
      const [container] = spec.containers;
      return [spec.volumes.slice(1), container?.volumeMounts.slice(1), container?.env.slice(2)];
    };
    assert.deepEqual(await records({ task: "prepare", earlier: "kafka-config" }), [
      [
        { name: "begun", configMap: { name: "kafka-begun", optional: true } },
        { name: "earlier", configMap: { name: "kafka-config", optional: true } },
      ],
      [
        { name: "begun", mountPath: "/etc/begun", readOnly: true },
        { name: "earlier", mountPath: "/etc/earlier", readOnly: true },
      ],
      [
        { name: "KAFKA_BEGUN_FILE", value: "/etc/begun/servers.json" },
        { name: "KAFKA_EARLIER_CONFIG_DIR", value: "/etc/earlier" },
      ],
    ]);
    assert.deepEqual(await records({ earlier: "kafka-config" }), [[], [], []]);
  });

  it("uses the given resources, and always has a limit that a quota on CPU can count", async () => {
    const jobResources = { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "2Gi" } };
    const { template } = one(await job({ jobResources }), "Job").inputs["spec"] as {
      template: { spec: { containers: { resources: unknown }[] } };
    };
    assert.deepEqual(template.spec.containers[0]?.resources, {
      requests: jobResources.requests,
      limits: { cpu: "1", memory: "2Gi" },
    });
  });

  it("has a hook that ends running Jobs of an interrupted run, where it knows the cluster", async () => {
    assert.deepEqual(one(await job(), "Job").beforeCreate, []);
    assert.deepEqual(one(await job({ cluster: {} }), "Job").beforeCreate, ["job-ending"]);
  });
});
