import assert from "node:assert/strict";
import { IMAGE, one, parts, SCOPE } from "../../test/support/components";
import { registered, type Recorded } from "../../test/support/recording";
import type { Moves } from "./desired-state";
import { FinishChange, PrepareChange, type FinishChangeArgs, type PrepareChangeArgs } from "./kafka-operations";

const args: PrepareChangeArgs = {
  ...SCOPE,
  image: IMAGE,
  bootstrap: "broker.kafka.svc:9092",
  desired: {
    version: "4.3.1",
    brokers: [0, 1, 2],
    controllers: [9000, 9001, 9002],
    topics: [],
    settings: {},
    dynamicSettings: {},
    moves: { throttle: 1048576, stallSeconds: 600, rebalance: true, wait: true, diskLimit: 80, evenBytes: false },
  },
  clusterFile: "desired-state-1",
  earlier: "kafka-config",
};
const finish = (moves: Partial<Moves> = {}, restarts = "0123456789abcdef"): FinishChangeArgs => ({
  ...args,
  desired: { ...args.desired, moves: { ...args.desired.moves, ...moves } },
  restarts,
});

interface Template {
  readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
}

/** The Jobs, with the task of each. */
function tasks(resources: readonly Recorded[]): string[] {
  return resources
    .filter(({ type }) => type.endsWith(":Job"))
    .map(({ name, inputs }) => {
      const { template } = inputs["spec"] as unknown as { template: Template };
      return `${name}: ${template.spec.containers[0]?.args.join(" ") ?? ""}`;
    });
}

describe("PrepareChange", () => {
  it("prepares, then records the servers that begin to run, before any of them starts", async () => {
    let done: unknown;
    const resources = await registered(() => {
      ({ done } = new PrepareChange("prepare", args));
    });
    assert.deepEqual(parts(resources), ["ConfigMap prepare-begun", "Job prepare"]);
    assert.deepEqual(tasks(resources), ["prepare: prepare --file /etc/ops/cluster.json"]);
    const begun = one(resources, "ConfigMap");
    assert.ok(begun.dependencies.includes(one(resources, "Job").urn));
    assert.equal((begun.inputs["metadata"] as { name: string }).name, "kafka-begun");
    assert.deepEqual(JSON.parse((begun.inputs["data"] as Record<string, string>)["servers.json"] ?? ""), {
      brokers: [0, 1, 2],
      controllers: [9000, 9001, 9002],
    });
    assert.equal(await (done as { urn: { promise(): Promise<string> } }).urn.promise(), begun.urn);
  });
});

describe("FinishChange", () => {
  const jobs = async (given: FinishChangeArgs) => registered(() => new FinishChange("finish", given));

  it("completes the change", async () => {
    assert.deepEqual(tasks(await jobs(finish())), ["finish: finish --file /etc/ops/cluster.json"]);
  });

  for (const [when, moves] of [
    ["moves are not awaited", { wait: false }],
    ["nothing is rebalanced, so that moves of an interrupted run may be under way", { rebalance: false }],
  ] as const) {
    it(`leaves the end of moves to a Job that begins none and is not awaited, when ${when}`, async () => {
      const resources = await jobs(finish(moves));
      assert.deepEqual(tasks(resources), [
        "finish: finish --file /etc/ops/cluster.json",
        "finish-rebalance: await-moves --file /etc/ops/cluster.json",
      ]);
      const { metadata } = one(resources, "Job", "finish-rebalance").inputs as {
        metadata: { annotations: Record<string, string> };
      };
      assert.equal(metadata.annotations["pulumi.com/skipAwait"], "true");
    });
  }

  it("runs again after everything that restarted the servers, to give leadership back", async () => {
    const spec = async (restarts: string) =>
      JSON.stringify(one(await jobs(finish({}, restarts)), "Job").inputs["spec"]);
    assert.equal(await spec("one"), await spec("one"));
    assert.notEqual(await spec("one"), await spec("other"));
  });
});
