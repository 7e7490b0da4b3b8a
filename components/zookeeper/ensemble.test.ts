import assert from "node:assert/strict";
import { IMAGE, labelsOf, one, parts, RESOURCES, SCOPE, selectorOf } from "../../test/support/components";
import { waitsFor } from "../../test/support/graph";
import { registered, type Recorded } from "../../test/support/recording";
import { Ensemble, type EnsembleArgs } from "./ensemble";

const args: EnsembleArgs = {
  ...SCOPE,
  image: IMAGE,
  clusterId: "AAAAAAAAAAAAAAAAAAAAAA",
  replicas: 3,
  heap: "128m",
  resources: RESOURCES,
  storage: {
    type: "storageClass",
    accessMode: "ReadWriteOnce",
    size: "2Gi",
    volumes: 1,
    whenScaled: "retain",
    whenDeleted: "retain",
  },
  spread: { nodes: "preferred" },
  directories: { namespace: "kafka-volumes", image: IMAGE },
};
const ensemble = (changed: Partial<EnsembleArgs> = {}) =>
  registered(() => new Ensemble("zookeeper", { ...args, ...changed }));

interface PodTemplate {
  readonly metadata: unknown;
  readonly spec: { readonly containers: readonly Record<string, unknown>[]; readonly volumes: readonly unknown[] };
}
interface StatefulSetSpec {
  readonly replicas: number;
  readonly selector: { readonly matchLabels: Record<string, string> };
  readonly template: PodTemplate;
  readonly volumeClaimTemplates?: readonly unknown[];
}
const specOf = (resource: Recorded) => resource.inputs["spec"] as unknown as StatefulSetSpec;
const container = (resource: Recorded) => {
  const [first] = specOf(resource).template.spec.containers;
  assert.ok(first);
  return first;
};
const pooled = (pool: string) => ({ ...selectorOf("zookeeper"), "kafka-stack/pool": pool });

describe("Ensemble", () => {
  it("is a pool of servers with volumes, between the Jobs that change its members", async () => {
    assert.deepEqual(parts(await ensemble()), [
      "ConfigMap zookeeper-config",
      "Job zookeeper-leave",
      "Job zookeeper-settle",
      "NetworkPolicy zookeeper-access",
      "PersistentVolumeClaim zookeeper-volumes-0-0-claim",
      "PersistentVolumeClaim zookeeper-volumes-1-0-claim",
      "PersistentVolumeClaim zookeeper-volumes-2-0-claim",
      "PodDisruptionBudget zookeeper-budget",
      "Service zookeeper-client",
      "Service zookeeper-headless",
      "StatefulSet zookeeper",
    ]);
  });

  it("has one address for clients, whatever its size", async () => {
    assert.deepEqual(one(await ensemble(), "Service", "zookeeper-client").inputs, {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "zookeeper-client",
        namespace: "kafka",
        labels: labelsOf("zookeeper", "zookeeper"),
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: { selector: selectorOf("zookeeper"), ports: [{ name: "client", port: 2181 }] },
    });
    let connect = "";
    await registered(() => {
      ({ connect } = new Ensemble("zookeeper", { ...args, replicas: 5 }));
    });
    assert.equal(connect, "zookeeper-client:2181");
  });

  it("tells each server its id and its data directory", async () => {
    const { env, volumeMounts } = container(one(await ensemble(), "StatefulSet"));
    const given = Object.fromEntries(
      (env as { name: string; value?: string }[]).map(({ name, value }) => [name, value]),
    );
    assert.equal(given["KAFKA_POOL"], "zookeeper");
    assert.equal(given["ZOOKEEPER_ID_BASE"], "1");
    assert.equal(given["ZOOKEEPER_DATA_DIR"], "/var/lib/kafka/data-0");
    assert.ok(
      (volumeMounts as { mountPath: string }[]).some(({ mountPath }) => mountPath === given["ZOOKEEPER_DATA_DIR"]),
    );
  });

  it("restarts no server when their number changes", async () => {
    const template = async (replicas: number) => specOf(one(await ensemble({ replicas }), "StatefulSet")).template;
    assert.deepEqual(await template(5), await template(3));
  });

  it("never lets an empty server vote, and keeps the members out of the shared settings", async () => {
    const { data } = one(await ensemble(), "ConfigMap").inputs as { data: Record<string, string> };
    const settings = (data["zoo.cfg"] ?? "").trim().split("\n");
    for (const needed of ["db.autocreate=false", "standaloneEnabled=false", "reconfigEnabled=true"]) {
      assert.ok(settings.includes(needed), `${needed} is missing`);
    }
    assert.ok(!settings.some((line) => line.startsWith("server.")));
    assert.equal((data["members"] ?? "").trim().split("\n").length, 3);
  });

  it("removes members before the servers change, and adds them afterwards", async () => {
    const resources = await ensemble();
    const servers = one(resources, "StatefulSet");
    const leave = one(resources, "Job", "zookeeper-leave");
    const settle = one(resources, "Job", "zookeeper-settle");
    assert.ok(waitsFor({ resources }, servers).has(leave.urn), "the servers do not wait for the removal of members");
    assert.ok(waitsFor({ resources }, settle).has(servers.urn), "new members are added before they run");
    for (const [job, action] of [
      [leave, "leave"],
      [settle, "settle"],
    ] as const) {
      const [script, ...words] = container(job)["command"] as string[];
      assert.equal(script, "zookeeper-members.sh");
      assert.deepEqual(words.slice(0, 2), [action, "zookeeper-client:2181"]);
      assert.equal(words.length, 5);
    }
  });

  it("lets in Kafka and the Jobs, and servers among themselves", async () => {
    const { spec } = one(await ensemble(), "NetworkPolicy").inputs as { spec: { ingress: unknown } };
    const from = (...roles: string[]) => roles.map((role) => ({ podSelector: { matchLabels: selectorOf(role) } }));
    const tcp = (...ports: number[]) => ports.map((port) => ({ port, protocol: "TCP" }));
    assert.deepEqual(spec.ingress, [
      { ports: tcp(2181), from: from("broker", "controller", "ops") },
      { ports: tcp(2888, 3888, 8080), from: from("zookeeper") },
    ]);
  });

  it("settles its members again after each change that removed some, also one that was taken back", async () => {
    const resources = await ensemble();
    const { metadata } = specOf(one(resources, "Job", "zookeeper-settle")).template as {
      metadata: { annotations?: Record<string, string> };
    };
    // The Job's generated name, another one each time that it runs.
    assert.match(metadata.annotations?.["kafka-stack/run-again-for"] ?? "", /^zookeeper-leave-/);
    const leaving = specOf(one(resources, "Job", "zookeeper-leave")).template.metadata as { annotations?: unknown };
    assert.equal(leaving.annotations, undefined);
  });

  it("uses one volume per server, whatever the brokers have", async () => {
    const storage = { ...args.storage, volumes: 3 };
    const resources = await ensemble({ storage });
    assert.equal(specOf(one(resources, "StatefulSet")).volumeClaimTemplates?.length, 1);
    assert.equal(parts(resources).filter((part) => part.startsWith("PersistentVolumeClaim")).length, 3);
  });
});

describe("split Ensemble", () => {
  const split = () => ensemble({ replicas: 5, persistentServers: 3 });

  it("has two pools with disjoint selectors, under one budget and one policy", async () => {
    const resources = await split();
    const pools = ["zookeeper", "zookeeper-ephemeral"].map((name) => one(resources, "StatefulSet", name));
    assert.deepEqual(
      pools.map((pool) => specOf(pool).selector.matchLabels),
      [pooled("zookeeper"), pooled("zookeeper-ephemeral")],
    );
    for (const pool of pools) {
      const { metadata } = specOf(pool).template;
      assert.deepEqual(metadata, {
        labels: { ...labelsOf("zookeeper", "zookeeper"), ...specOf(pool).selector.matchLabels },
        annotations: (metadata as { annotations: unknown }).annotations,
      });
    }
    assert.deepEqual(one(resources, "PodDisruptionBudget").inputs["spec"], {
      maxUnavailable: 1,
      selector: { matchLabels: selectorOf("zookeeper") },
    });
    assert.equal(parts(resources).filter((part) => part.startsWith("NetworkPolicy")).length, 1);
  });

  it("gives volumes to the first servers only", async () => {
    const resources = await split();
    const [persistent, ephemeral] = ["zookeeper", "zookeeper-ephemeral"].map((name) =>
      specOf(one(resources, "StatefulSet", name)),
    );
    assert.ok(persistent && ephemeral);
    assert.deepEqual([persistent.replicas, ephemeral.replicas], [3, 2]);
    assert.equal(persistent.volumeClaimTemplates?.length, 1);
    assert.equal(ephemeral.volumeClaimTemplates, undefined);
    assert.deepEqual(ephemeral.template.spec.volumes.at(-1), { name: "data-0", emptyDir: { sizeLimit: "128Mi" } });
    assert.equal(parts(resources).filter((part) => part.startsWith("PersistentVolumeClaim")).length, 3);
  });

  it("gives the pools server ids far apart", async () => {
    const resources = await split();
    const { env } = container(one(resources, "StatefulSet", "zookeeper-ephemeral"));
    assert.ok(
      (env as { name: string; value?: string }[]).some(
        ({ name, value }) => name === "ZOOKEEPER_ID_BASE" && value === "101",
      ),
    );
  });
});
