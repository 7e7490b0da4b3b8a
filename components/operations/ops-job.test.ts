import assert from "node:assert/strict";
import { IMAGE, labelsOf, one, parts, RESTRICTED, SCOPE, securityOf } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { OpsJob, type OpsJobArgs } from "./ops-job";

const args: OpsJobArgs = {
  ...SCOPE,
  image: IMAGE,
  bootstrap: "kafka-bootstrap.kafka.svc:9092",
  steps: [["wait", "--brokers", "0,1"], ["elect-leaders"]],
  files: { "topics.json": "{}" },
};
const labels = labelsOf("ops", "kafka-ops");
const job = (changed: Partial<OpsJobArgs> = {}) => registered(() => new OpsJob("job", { ...args, ...changed }));
const nameOf = (resources: Awaited<ReturnType<typeof job>>) =>
  JSON.stringify(one(resources, "Job").inputs["spec"]).match(/"configMap":\{"name":"([^"]+)"/)?.[1];

const container = {
  name: "ops",
  image: IMAGE,
  command: ["node", "/app/ops.js"],
  args: ["steps", "wait --brokers 0,1", "elect-leaders"],
  env: [{ name: "KAFKA_BOOTSTRAP_ADDRESS", value: "kafka-bootstrap.kafka.svc:9092" }],
  terminationMessagePolicy: "FallbackToLogsOnError",
  securityContext: RESTRICTED,
  resources: {
    requests: { cpu: "50m", memory: "128Mi", "ephemeral-storage": "16Mi" },
    limits: { cpu: "1", memory: "512Mi", "ephemeral-storage": "16Mi" },
  },
  volumeMounts: [{ name: "files", mountPath: "/etc/ops", readOnly: true }],
};

describe("OpsJob", () => {
  it("runs its steps one after the other, with its files", async () => {
    const resources = await job();
    assert.deepEqual(parts(resources), ["ConfigMap job-files", "Job job"]);
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
            volumes: [{ name: "files", configMap: { name: nameOf(resources) } }],
          },
        },
      },
    });
  });

  it("keeps its files in an immutable ConfigMap of a name that Pulumi gives", async () => {
    assert.deepEqual(one(await job(), "ConfigMap").inputs, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "kafka", labels },
      immutable: true,
      data: { "topics.json": "{}" },
    });
  });

  it("is another Job when a file or what it runs for changes, and else the same", async () => {
    const template = async (changed: Partial<OpsJobArgs>) =>
      JSON.stringify(one(await job(changed), "Job").inputs["spec"]);
    const same = await template({});
    assert.equal(await template({ files: { "topics.json": "{}" } }), same);
    assert.notEqual(await template({ files: { "topics.json": "{ }" } }), same);
    assert.notEqual(await template({ runAgainFor: "other" }), same);
  });

  it("may take 30 days when it is given no deadline, and is waited for a minute longer", async () => {
    assert.deepEqual(one(await job(), "Job").timeouts, { create: 30 * 24 * 3600 + 60, delete: 300 });
    const limited = one(await job({ deadlineSeconds: 600 }), "Job");
    assert.deepEqual(limited.timeouts, { create: 660, delete: 300 });
    assert.equal((limited.inputs["spec"] as { activeDeadlineSeconds: number }).activeDeadlineSeconds, 600);
  });

  it("is neither waited for nor made anew while it runs, when that is not wanted", async () => {
    const { metadata } = one(await job({ awaited: false }), "Job").inputs as { metadata: { annotations: unknown } };
    assert.deepEqual(metadata.annotations, { "pulumi.com/skipAwait": "true" });
  });

  it("finds what has begun to run where that is written down", async () => {
    const { spec } = (
      one(await job({ knowsBegun: true }), "Job").inputs["spec"] as {
        template: { spec: { volumes: unknown[]; containers: { env: unknown[]; volumeMounts: unknown[] }[] } };
      }
    ).template;
    assert.deepEqual(spec.volumes.at(-1), { name: "begun", configMap: { name: "kafka-begun", optional: true } });
    const [container] = spec.containers;
    assert.ok(container);
    assert.deepEqual(container.volumeMounts.at(-1), { name: "begun", mountPath: "/etc/begun", readOnly: true });
    assert.deepEqual(container.env.at(-1), { name: "KAFKA_BEGUN_FILE", value: "/etc/begun/servers.json" });
  });

  it("asks for what it is given, and always has a limit that a quota on CPU can count", async () => {
    const jobResources = { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "2Gi" } };
    const { template } = one(await job({ jobResources }), "Job").inputs["spec"] as {
      template: { spec: { containers: { resources: unknown }[] } };
    };
    assert.deepEqual(template.spec.containers[0]?.resources, {
      requests: jobResources.requests,
      limits: { cpu: "1", memory: "2Gi" },
    });
  });

  it("has a hook that ends what an interrupted run left at work, where it knows the cluster", async () => {
    assert.deepEqual(one(await job(), "Job").beforeCreate, []);
    assert.deepEqual(one(await job({ cluster: {} }), "Job").beforeCreate, ["job-ending"]);
  });

  it("needs no files", async () => {
    const resources = await job({ files: undefined });
    assert.deepEqual(parts(resources), ["Job job"]);
    const { spec } = (
      one(resources, "Job").inputs["spec"] as {
        template: { spec: { volumes: unknown[]; containers: { volumeMounts: unknown[] }[] } };
      }
    ).template;
    assert.deepEqual([spec.volumes, spec.containers[0]?.volumeMounts], [[], []]);
  });
});
