import assert from "node:assert/strict";
import { IMAGE, one, SCOPE } from "../../test/support/components";
import { registered, type Recorded } from "../../test/support/recording";
import { FinishChange, PrepareChange, type OperationsArgs } from "./kafka-operations";

const args: OperationsArgs = {
  ...SCOPE,
  image: IMAGE,
  bootstrap: "kafka-bootstrap.kafka.svc:9092",
  topics: [{ name: "chatroom", partitions: 12, replicationFactor: 3, config: { "retention.ms": -1 } }],
  settings: { "min.insync.replicas": 2, "offsets.topic.replication.factor": 3, "log.retention.ms": 5 },
  brokers: [0, 1, 2],
  controllers: [9000, 9001, 9002],
  throttle: 1048576,
  stallSeconds: 600,
};
const finish = { ...args, rebalance: true, restarts: "0123456789abcdef" };

interface PodSpec {
  readonly containers: readonly { readonly args: readonly string[] }[];
}

/** The commands of a Job, in the order in which they run. */
function commands(resources: readonly Recorded[]): string[] {
  return commandsOf(one(resources, "Job"));
}

function commandsOf(job: Recorded): string[] {
  const { template } = job.inputs["spec"] as unknown as { template: { spec: PodSpec } };
  const [program, ...steps] = template.spec.containers[0]?.args ?? [];
  assert.equal(program, "steps");
  return steps;
}
const filesMap = (resources: readonly Recorded[]) =>
  one(
    resources.filter(({ name }) => !name.endsWith("-begun")),
    "ConfigMap",
  );
const files = (resources: readonly Recorded[]) =>
  Object.fromEntries(
    Object.entries(filesMap(resources).inputs["data"] as Record<string, string>).map(([name, text]) => [
      name,
      JSON.parse(text) as unknown,
    ]),
  );
const topics = {
  topics: [{ name: "chatroom", partitions: 12, replicationFactor: 3, config: { "retention.ms": "-1" } }],
  internal: { replicationFactor: 3, topics: { __consumer_offsets: { replicationFactor: 3 } } },
  minInsyncReplicas: 2,
};
const settings = { cluster: { "log.retention.ms": "5", "min.insync.replicas": "2" } };

describe("PrepareChange", () => {
  it("checks topics and settings, then drains what shall go, then removes voters; all of it only where brokers are", async () => {
    const resources = await registered(() => new PrepareChange("prepare", args));
    assert.deepEqual(commands(resources), [
      "topics check --file /etc/ops/topics.json --brokers 3 --absent-ok broker",
      "settings check --file /etc/ops/settings.json --absent-ok broker",
      "topics narrow --file /etc/ops/topics.json --keep 0,1,2 --throttle 1048576 --stall 600 --absent-ok broker",
      "drain --keep 0,1,2 --throttle 1048576 --stall 600 --absent-ok broker",
      "controllers --keep 9000,9001,9002 --absent-ok broker",
    ]);
    assert.deepEqual(files(resources), { "topics.json": topics, "settings.json": settings });
  });

  it("leaves voters alone where a quorum cannot change", async () => {
    const resources = await registered(() => new PrepareChange("prepare", { ...args, controllers: undefined }));
    assert.ok(!commands(resources).some((command) => command.startsWith("controllers")));
    const after = await registered(() => new FinishChange("finish", { ...finish, controllers: undefined }));
    assert.ok(!commands(after).some((command) => command.startsWith("controllers")));
  });

  it("writes down what begins to run once it is done and before anything of that starts", async () => {
    let done: unknown;
    const resources = await registered(() => {
      ({ done } = new PrepareChange("prepare", args));
    });
    const begun = resources.find(({ name }) => name === "prepare-begun");
    assert.equal((begun?.inputs["metadata"] as { name: string }).name, "kafka-begun");
    assert.deepEqual(JSON.parse((begun?.inputs["data"] as Record<string, string>)["servers.json"] ?? ""), {
      brokers: [0, 1, 2],
      controllers: [9000, 9001, 9002],
    });
    assert.equal(await (done as { urn: { promise(): Promise<string> } }).urn.promise(), begun?.urn);
  });
});

describe("FinishChange", () => {
  it("waits for the brokers, then applies topics before settings, forgets brokers that left, and gives each its share", async () => {
    const resources = await registered(() => new FinishChange("finish", finish));
    assert.deepEqual(commands(resources), [
      "wait --brokers 0,1,2",
      "controllers --keep 9000,9001,9002 --joined",
      "topics apply --file /etc/ops/topics.json --throttle 1048576 --stall 600",
      "settings apply --file /etc/ops/settings.json",
      "unregister --keep 0,1,2",
      "rebalance --brokers 0,1,2 --throttle 1048576 --stall 600",
      "elect-leaders",
    ]);
    assert.deepEqual(files(resources), {
      "topics.json": topics,
      "settings.json": settings,
    });
  });

  it("moves no partition when that is switched off", async () => {
    const resources = await registered(() => new FinishChange("finish", { ...finish, rebalance: false }));
    const all = resources.filter(({ type }) => type.endsWith(":Job")).flatMap(commandsOf);
    assert.ok(all.length > 0 && !all.some((command) => command.startsWith("rebalance")));
  });

  it("leaves the throttle of what an interrupted run began to a Job that nobody waits for, when nothing is rebalanced", async () => {
    const resources = await registered(() => new FinishChange("finish", { ...finish, rebalance: false }));
    const jobs = resources.filter(({ type }) => type.endsWith(":Job"));
    const [now = [], later = []] = jobs.map(commandsOf);
    assert.ok(!now.some((command) => command.startsWith("settle")));
    assert.deepEqual(
      later.map((command) => command.split(" ")[0]),
      ["settle", "elect-leaders"],
    );
  });

  it("leaves moves to Kafka, and the throttle to a Job that begins none and that nobody waits for, when told not to wait", async () => {
    const resources = await registered(() => new FinishChange("finish", { ...finish, awaitMoves: false }));
    const jobs = resources.filter(({ type }) => type.endsWith(":Job"));
    assert.deepEqual(
      jobs.map(({ name }) => name),
      ["finish", "finish-rebalance"],
    );
    const [now = [], later = []] = jobs.map(commandsOf);
    assert.deepEqual(now.slice(-2), [
      "rebalance --brokers 0,1,2 --throttle 1048576 --stall 600 --no-await",
      "elect-leaders",
    ]);
    assert.deepEqual(
      later.map((command) => command.split(" ")[0]),
      ["settle", "elect-leaders"],
    );
    assert.equal(
      (jobs[1]?.inputs["metadata"] as { annotations: Record<string, string> }).annotations["pulumi.com/skipAwait"],
      "true",
    );
  });

  it("runs again after whatever restarted the brokers, to hand leadership back", async () => {
    const spec = async (restarts: string) =>
      JSON.stringify(
        one(await registered(() => new FinishChange("finish", { ...finish, restarts })), "Job").inputs["spec"],
      );
    assert.equal(await spec("one"), await spec("one"));
    assert.notEqual(await spec("one"), await spec("other"));
  });
});
