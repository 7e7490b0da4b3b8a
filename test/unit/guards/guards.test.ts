import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, run, type RunResult } from "kafka-stack-engine";
import { FakeCluster } from "../../support/fake-cluster";
import { temporaryFolder } from "../../support/temporary";
import { plant, plantBroker, plantServers, statefulSetMakesAnew } from "./objects";

type Config = Readonly<Record<string, unknown>>;

const nfs = (...servers: string[]): Config => ({
  replicas: servers.length,
  storage: { type: "nfs", servers: servers.map((server) => ({ server, path: "/kafka" })) },
});
const nfsSource = (server: string) => ({ nfs: { server, path: "/kafka" } });
const byClass = (size: string): Config => ({ storage: { type: "storageClass", size } });
const NOTHING = [0, 0, 0, 0];

// The same program under the whole engine, with a cluster that keeps applied objects and those of a test.
describe("the immutable settings of a stack with data", function () {
  // A separate Node loads the program and the client, each time.
  this.timeout(600_000);
  let cluster = new FakeCluster();
  let stateDirectory = "";
  let kubeconfig = "";
  let said: string[] = [];

  beforeEach(async () => {
    cluster = new FakeCluster();
    stateDirectory = temporaryFolder();
    kubeconfig = await cluster.start(stateDirectory);
    said = [];
  });
  afterEach(() => cluster.stop());

  const engine = (command: Command, written: Config, stack = "dev"): Promise<RunResult> =>
    run({
      command,
      stack,
      root: join(__dirname, "program"),
      configFile: join(__dirname, "program", "Pulumi.dev.yaml"),
      stateDirectory,
      env: { ...process.env, ENGINE: "stand-in", KUBECONFIG: kubeconfig, WRITTEN: JSON.stringify(written) },
      write: (line) => said.push(line),
    });
  const up = (written: Config) => engine("up", written);
  const changes = ({ changes: { create, update, replace, delete: gone } }: RunResult) => [
    create,
    update,
    replace,
    gone,
  ];

  /** A refusal before anything was changed. */
  async function refused(written: Config, says: RegExp, command: Command = "preview"): Promise<void> {
    const calls = cluster.calls.length;
    await assert.rejects(engine(command, written), says);
    assert.deepEqual(cluster.calls.slice(calls), []);
  }

  it("accept anything on an empty cluster, and a second run changes nothing", async () => {
    await up({});
    assert.deepEqual(changes(await up({})), NOTHING);
  });

  it("include where the data is, even after the state was lost, but not a reverted change", async () => {
    await up(nfs("a", "b", "c"));
    for (const [ordinal, server] of ["a", "b", "c"].entries()) {
      plantBroker(cluster, ordinal, { source: nfsSource(server), pod: "running" });
    }
    plantServers(cluster, 3, 3);
    const says = /the place of volume 0 of server 1 cannot change from b:\/kafka to x:\/kafka.*; read on$/;
    await refused(nfs("a", "x", "c"), says);
    await refused(nfs("a", "x", "c"), says, "up");
    assert.deepEqual(changes(await up(nfs("a", "b", "c"))), NOTHING);
    rmSync(join(stateDirectory, "dev.json"));
    await refused(nfs("a", "x", "c"), /the place of volume 0 of server 1 cannot change/);
  });

  it("do not include settings that were agreed and failed: fewer brokers, refused by a Job, and then as many as before", async () => {
    const three = { replicas: 3 };
    await up(three);
    plantServers(cluster, 3, 3);
    for (const ordinal of [0, 1, 2])
      plantBroker(cluster, ordinal, {
        pod: "running",
        source: { hostPath: { path: `/data/kafka/broker/${ordinal}` } },
      });
    const servers = "PATCH /api/v1/namespaces/kafka/configmaps/servers";
    cluster.refusals.set(servers, { code: 400, message: "2 brokers cannot hold all topics" });
    await assert.rejects(up({ replicas: 2 }), /2 brokers cannot hold all topics/);
    await up(three);
    cluster.refusals.delete(servers);
    assert.deepEqual(changes(await up(three)), NOTHING);
  });

  it("let a refused growth be reverted, but not a completed one", async () => {
    await up(byClass("10Gi"));
    plantBroker(cluster, 0, { size: "10Gi" });
    const servers = "PATCH /api/v1/namespaces/kafka/configmaps/servers";
    cluster.refusals.set(servers, { code: 403, message: "the class does not let claims grow" });
    await assert.rejects(up(byClass("20Gi")), /does not let claims grow/);
    await up(byClass("10Gi"));
    cluster.refusals.delete(servers);
    plantBroker(cluster, 0, { size: "20Gi" });
    await refused(byClass("5Gi"), /storage\.size cannot change from 20Gi to 5Gi/);
  });

  it("include the namespace", async () => {
    await up(nfs("a"));
    plantBroker(cluster, 0, { source: nfsSource("a"), pod: "running" });
    await refused(
      { ...nfs("a"), cluster: { namespace: "other" } },
      /cluster\.namespace cannot change from kafka to other/,
    );
  });

  it("include the namespace once the stack was reached, whatever became of its claims", async () => {
    await up({});
    await refused({ cluster: { namespace: "other" } }, /cluster\.namespace cannot change from kafka to other/);
  });

  it("do not allow another namespace while servers run in one that the state does not know", async () => {
    const elsewhere = { cluster: { namespace: "other" } };
    await up({});
    plantServers(cluster, 3, 3);
    rmSync(join(stateDirectory, "dev.json"));
    await refused(elsewhere, /servers of this stack run in kafka: .*; set cluster\.namespace to kafka; read on$/);
    // Namespaces of version 0.1.0, whose state has no such settings.
    const labels = {
      "app.kubernetes.io/part-of": "kafka-stack",
      "app.kubernetes.io/component": "namespace",
      "app.kubernetes.io/instance": "dev",
    };
    plant(cluster, "/api/v1/namespaces/kafka", { kind: "Namespace", metadata: { labels } });
    await refused(elsewhere, /set cluster\.namespace to kafka \(if they are those of another project's stack/);
    cluster.objects.delete("/api/v1/namespaces/kafka/configmaps/kafka-config");
    await refused(elsewhere, /servers of this stack run in kafka/);
    cluster.objects.delete("/apis/apps/v1/namespaces/kafka/statefulsets/broker");
    await up(elsewhere);
  });

  it("include the cluster, but not its name in the kubeconfig", async () => {
    await up({ context: "fake" });
    const other = new FakeCluster();
    kubeconfig = await other.start(stateDirectory);
    await refused({}, /cluster\.context cannot change to a cluster that has no namespace kafka of this stack/);
    await other.stop();
  });

  it("let a place be corrected at which no server ever started, and delete the waiting claim", async () => {
    const servers = "PATCH /api/v1/namespaces/kafka/configmaps/servers";
    cluster.refusals.set(servers, { code: 504, message: "broker-1 ContainerCreating" });
    await assert.rejects(up(nfs("a", "typo")), /ContainerCreating/);
    plantBroker(cluster, 0, { source: nfsSource("a"), pod: "running" });
    plantBroker(cluster, 1, { source: nfsSource("typo"), pod: "waiting" });
    await refused(nfs("typo", "b"), /the place of volume 0 of server 0 cannot change from a:\/kafka to typo:\/kafka/);
    cluster.refusals.delete(servers);
    statefulSetMakesAnew(cluster, "broker-1", "data-0-broker-1");
    await up(nfs("a", "b"));
    const uid = (name: string) =>
      cluster.objects.get(`/api/v1/namespaces/kafka/persistentvolumeclaims/${name}`)?.metadata.uid;
    assert.deepEqual([uid("data-0-broker-0"), uid("data-0-broker-1")], ["planted-data-0-broker-0", "anew"]);
    assert.deepEqual(cluster.names("Pod"), ["broker-0"]);
    assert.match(said.join("\n"), /no server ever started on the claim kafka\/data-0-broker-1/);
  });

  it("accept a correction only in the spelling in which it reaches the volume", async () => {
    const servers = "PATCH /api/v1/namespaces/kafka/configmaps/servers";
    cluster.refusals.set(servers, { code: 504, message: "not yet" });
    await assert.rejects(up(nfs("typo")), /not yet/);
    plantBroker(cluster, 0, { source: nfsSource("typo"), pod: "waiting" });
    await refused(nfs("NAS"), /is written NAS:\/kafka; write it nas:\/kafka, which is the same place/);
  });

  it("refuse a namespace that others made, by its name, and touch nothing", async () => {
    plant(cluster, "/api/v1/namespaces/monitoring", { kind: "Namespace", metadata: { labels: {} } });
    const wanted = { cluster: { namespace: "monitoring" } };
    const says = /namespace monitoring exists and was not made by this stack.*set another cluster\.namespace/;
    await assert.rejects(engine("preview", wanted), says);
    await assert.rejects(up(wanted), says);
    assert.deepEqual(cluster.objects.get("/api/v1/namespaces/monitoring")?.metadata.labels, {});
  });

  it("refuse a namespace of another stack, and accept the stack's own again", async () => {
    const of = (stack: string) => ({
      kind: "Namespace",
      metadata: { annotations: { "kafka-stack/stack": stack } },
      status: { phase: "Active" },
    });
    plant(cluster, "/api/v1/namespaces/kafka", of("guarded/other"));
    plantBroker(cluster, 0, { source: nfsSource("theirs"), pod: "running" });
    await assert.rejects(engine("preview", {}), /namespace kafka exists and belongs to the stack guarded\/other/);
    cluster.objects.clear();
    plant(cluster, "/api/v1/namespaces/kafka", of("guarded/dev"));
    await up({});
  });

  it("refuse a stack that was renamed: its namespaces have the other name, and labels of pods cannot change", async () => {
    await up({});
    const state = readFileSync(join(stateDirectory, "dev.json"), "utf8");
    writeFileSync(join(stateDirectory, "renamed.json"), state.replaceAll("urn:pulumi:dev::", "urn:pulumi:renamed::"));
    const calls = cluster.calls.length;
    for (const command of ["preview", "up"] as const) {
      await assert.rejects(
        engine(command, {}, "renamed"),
        /namespace kafka(-volumes)? exists and belongs to the stack guarded\/dev: .* give that name back/,
      );
    }
    assert.deepEqual(cluster.calls.slice(calls), []);
    assert.deepEqual(changes(await up({})), NOTHING);
  });

  it("let neither a preview nor up pass when nobody answers", async () => {
    await up(byClass("10Gi"));
    await cluster.stop();
    await assert.rejects(engine("preview", byClass("5Gi")), /storage\.size cannot change from 10Gi to 5Gi/);
    assert.match(said.join("\n"), /warning: .*could not be asked whose namespace kafka is/);
    await assert.rejects(up(byClass("5Gi")), /could not be asked .*; nothing was changed/);
    cluster = new FakeCluster();
    kubeconfig = await cluster.start(stateDirectory);
  });

  it("let nothing change when the cluster refuses to say what exists", async () => {
    await up(byClass("10Gi"));
    cluster.refusals.set("GET /api/v1/persistentvolumes", { code: 403, message: "not yours to see" });
    await refused(
      byClass("20Gi"),
      /the cluster refuses to answer what it holds .*: not yours to see; docs\/clusters\.md lists the rights/,
    );
  });
});
