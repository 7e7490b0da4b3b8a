import assert from "node:assert/strict";
import { called, workloads } from "../support/objects";
import type { Recording } from "../support/recording";
import { recordStack, STACKS } from "../support/stacks";

type Config = Readonly<Record<string, unknown>>;

/** Workloads whose pods a config change restarts or replaces. */
async function restarts(stack: string, set: Config | ((before: Recording) => Config)): Promise<string[]> {
  const before = await recordStack(stack);
  const after = await recordStack(stack, { set: typeof set === "function" ? set(before) : set });
  const old = templates(before);
  return Object.entries(templates(after))
    .filter(([name, template]) => old[name] !== template)
    .map(([name]) => name);
}

/** The part of each workload whose change restarts or replaces pods. */
function templates(recording: Recording): Record<string, string> {
  return Object.fromEntries(
    workloads(recording).map(({ resource, template, spec }) => [
      called(resource),
      JSON.stringify([template, spec["volumeClaimTemplates"], spec["selector"], spec["serviceName"]]),
    ]),
  );
}

const servers = (recording: Recording, pool: string) =>
  workloads(recording, "StatefulSet").find(({ metadata }) => metadata.name === pool);

/** One broker more, with a place for its data. */
function oneBrokerMore(before: Recording, stack: string): Config {
  const replicas = (servers(before, "broker")?.replicas ?? 0) + 1;
  const exports = Array.from({ length: replicas }, (_, ordinal) => ({ server: `nfs-${ordinal}`, path: "/broker" }));
  return { replicas, ...(stack === "nfs" && { storage: { servers: exports } }) };
}

/** The checks before servers restart. */
const CHECKS = ["Job broker-config-check", "Job broker-restart-check"];

const OPERATIONS = ["Job prepare", "Job finish"];

describe("Restarts", () => {
  for (const stack of STACKS) {
    describe(`of the stack ${stack}`, () => {
      it("one broker more restarts no server that stays, and no chat", async () => {
        const changed = await restarts(stack, (before) => oneBrokerMore(before, stack));
        assert.deepEqual(
          changed.filter((name) => !name.startsWith("Job ")),
          [],
        );
        assert.ok(changed.includes("Job finish"), "nothing gives the new broker its share of partitions");
      });

      it("a dynamic setting restarts nothing: Kafka's parser reads it, running brokers judge it, and the Job that follows applies it", async () => {
        const changed = await restarts(stack, { kafka: { config: { "log.retention.ms": 123456 } } });
        assert.deepEqual(changed.sort(), ["Job broker-config-check", ...OPERATIONS].sort());
      });

      it("a static setting restarts only the Kafka servers, and leadership is given back", async () => {
        const changed = await restarts(stack, { kafka: { config: { "log.retention.hours": 99 } } });
        const controllers = servers(await recordStack(stack), "controller") ? ["StatefulSet broker-controller"] : [];
        assert.deepEqual(changed.sort(), [...CHECKS, "Job finish", "StatefulSet broker", ...controllers].sort());
      });

      it("another topic restarts no server and no chat", async () => {
        const topics = [{ name: "chatroom", partitions: 24 }, { name: "other" }];
        assert.deepEqual((await restarts(stack, { topics })).sort(), [...OPERATIONS].sort());
      });
    });
  }

  it("monitoring is switched on without a restart", async () => {
    for (const scrape of ["podMonitor", "annotations"]) {
      const set = { monitoring: { scrape, namespaces: ["monitoring"] } };
      // A new pod.
      assert.deepEqual(await restarts("kraft-quickstart", set), ["Deployment monitoring-lag"]);
      assert.deepEqual(await restarts("kraft-quickstart", { monitoring: { ...set.monitoring, lag: false } }), []);
    }
  });

  it("more chat pods restart nothing", async () => {
    assert.deepEqual(await restarts("dev", { kchat: { producer: { replicas: 3 } } }), []);
  });

  it("more memory for the chat restarts only the chat", async () => {
    const set = { kchat: { consumer: { resources: { limits: { memory: "300Mi" } } } } };
    assert.deepEqual(await restarts("dev", set), ["Deployment kchat-kconsumer"]);
  });

  it("an overlay of one kind of pod restarts this kind, and leadership is given back after brokers", async () => {
    const tolerations = [{ key: "pool", operator: "Exists" }];
    const annotations = { "example.com/owner": "events" };
    for (const overlay of [{ tolerations }, { annotations }]) {
      const of = (kind: string, stack = "dev") => restarts(stack, { pods: { [kind]: overlay } });
      assert.deepEqual(await of("kproducer"), ["Deployment kchat-kproducer"]);
      assert.deepEqual((await of("broker")).sort(), ["Job broker-restart-check", "Job finish", "StatefulSet broker"]);
      assert.deepEqual((await of("zookeeper", "nfs")).sort(), ["StatefulSet zookeeper"]);
      const jobs = await of("job");
      assert.ok(jobs.includes("PodTemplate ops") && jobs.includes("Job finish"));
      assert.deepEqual(
        jobs.filter((name) => !/^(Job|PodTemplate) /.test(name)),
        [],
      );
    }
  });

  it("dedicated controllers from 3 to 5 restart no server", async () => {
    const changed = await restarts("storageclass", { controllers: { replicas: 5 } });
    assert.ok(changed.includes("Job prepare"), "nothing removes voters when the number goes back");
    assert.deepEqual(
      changed.filter((name) => !name.startsWith("Job ")),
      [],
    );
  });

  it("a larger heap restarts the brokers, and leadership is given back", async () => {
    assert.deepEqual((await restarts("storageclass", { kafka: { heap: "600m" } })).sort(), [
      "Job broker-restart-check",
      "Job finish",
      "StatefulSet broker",
    ]);
  });

  it("more ZooKeeper servers restart no server", async () => {
    const changed = await restarts("cndjp3", { zookeeper: { replicas: 7, persistentServers: 5 } });
    assert.deepEqual(changed.sort(), [
      "Job zookeeper-leave",
      "Job zookeeper-settle",
      "Job zookeeper-volumes-directories",
    ]);
  });

  it("larger volumes restart nobody", async () => {
    assert.deepEqual(await restarts("storageclass", { storage: { size: "20Gi" } }), []);
  });

  it("the order of settings in the stack file restarts nobody", async () => {
    const config = { "log.retention.hours": -1, "auto.create.topics.enable": false };
    const reversed = Object.fromEntries(Object.entries(config).reverse());
    const [one, other] = await Promise.all(
      [config, reversed].map((settings) => recordStack("dev", { set: { kafka: { config: settings } } })),
    );
    assert.ok(one && other);
    assert.deepEqual(templates(one), templates(other));
  });
});
