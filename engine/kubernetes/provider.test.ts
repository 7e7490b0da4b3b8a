import assert from "node:assert/strict";
import { delimiter } from "node:path";
import { FakeCluster } from "../../test/support/fake-cluster";
import { temporaryFolder } from "../../test/support/temporary";
import { NotReady, Refused, type Operation } from "../provider";
import type { ResourceState } from "../state";
import { isSecret, secret, UNKNOWN, type PropertyMap } from "../values";
import { otherClusterPaths } from "./connection";
import { KubernetesProvider } from "./provider";

const subject = {
  urn: "urn:pulumi:dev::test::kubernetes:core/v1:ConfigMap::a",
  type: "kubernetes:core/v1:ConfigMap",
  name: "a",
};

function configMap(data: PropertyMap, more: PropertyMap = {}): PropertyMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "default", ...more }, data };
}

function stateOf(inputs: PropertyMap, outputs: PropertyMap = inputs): ResourceState {
  return { urn: subject.urn, type: subject.type, custom: true, id: "default/a", inputs, outputs, dependencies: [] };
}

describe("engine: the Kubernetes provider", () => {
  const cluster = new FakeCluster();
  let kubeconfig = "";
  const notes: string[] = [];

  before(async () => {
    kubeconfig = await cluster.start(temporaryFolder());
  });
  after(() => cluster.stop());
  beforeEach(() => {
    cluster.clear();
    notes.length = 0;
    cluster.objects.set("/api/v1/namespaces/default", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "default" },
    });
  });

  function provider(config: PropertyMap = {}, preview = false): KubernetesProvider {
    return new KubernetesProvider({ kubeconfig, ...config }, { env: {}, config: {}, root: ".", preview });
  }

  function operation(inputs: PropertyMap, more: Partial<Operation> = {}): Operation {
    const note = (line: string) => notes.push(line);
    const begin = () => undefined;
    return { ...subject, inputs, preview: false, adopt: false, ignoreChanges: [], begin, note, timeout: 60, ...more };
  }

  it("applies server-side with its field manager, and returns the server's object", async () => {
    const { id, outputs } = await provider().create(operation(configMap({ password: secret("x"), gone: null })));
    assert.equal(id, "default/a");
    const [call] = cluster.calls;
    assert.equal(call?.path, "/api/v1/namespaces/default/configmaps/a");
    assert.deepEqual(call.query, { fieldManager: "kafka-stack", force: "false" });
    assert.deepEqual(call.body["data"], { password: "x" });
    assert.ok(isSecret((outputs["data"] as PropertyMap)["password"] ?? null));
    assert.ok((outputs["metadata"] as PropertyMap)["uid"]);
  });

  it("does not take over existing objects, except when told to or after a kill", async () => {
    await provider().create(operation(configMap({})));
    await assert.rejects(
      provider().create(operation(configMap({}))),
      /ConfigMap default\/a exists already and is not in the state of this stack; .* cluster\.namespace of its own/,
    );
    const labels = { "app.kubernetes.io/part-of": "kafka-stack", "app.kubernetes.io/instance": "other" };
    await provider().create(operation(configMap({}, { name: "theirs", labels })));
    await assert.rejects(
      provider().create(operation(configMap({}, { name: "theirs" }))),
      /belongs to the stack other; give this stack a cluster\.namespace of its own/,
    );
    await provider({ upsertExistingObjects: "true" }).create(operation(configMap({})));
    await provider().create(operation(configMap({}), { adopt: true }));
  });

  it("generates a name, keeps it, and uses the default namespace", async () => {
    const inputs = { apiVersion: "v1", kind: "ConfigMap", metadata: {} };
    const checked = await provider().check(subject, inputs, undefined);
    const metadata = checked["metadata"] as PropertyMap;
    assert.match(metadata["name"] as string, /^a-[0-9a-f]{8}$/);
    assert.equal(metadata["namespace"], "default");
    assert.deepEqual(await provider().check(subject, inputs, stateOf(checked)), checked);
    const namespace = await provider().check(
      { ...subject, type: "kubernetes:core/v1:Namespace" },
      { metadata: {} },
      undefined,
    );
    assert.equal((namespace["metadata"] as PropertyMap)["namespace"], undefined);
    assert.equal(namespace["kind"], "Namespace");
  });

  it("names the types that it does not support", async () => {
    for (const type of ["kubernetes:helm.sh/v3:Release", "kubernetes:core/v1:ConfigMapPatch"]) {
      await assert.rejects(
        provider().check({ ...subject, type }, { kind: "ConfigMap" }, undefined),
        /does not make kubern/,
      );
    }
  });

  it("replaces for immutable fields, in place when the name is fixed", async () => {
    const old = stateOf(configMap({ a: "1" }));
    const changed = await provider().diff(subject, old, configMap({ a: "2" }));
    assert.deepEqual(changed.replace, [["data", "a"]]);
    assert.ok(changed.deleteBeforeReplace);
    const mutable = await provider({ enableConfigMapMutable: "true" }).diff(subject, old, configMap({ a: "2" }));
    assert.deepEqual(mutable.replace, []);
    const moved = await provider().diff(subject, old, configMap({ a: "1" }, { namespace: "other" }));
    assert.deepEqual(moved.replace, [["metadata", "namespace"]]);
    assert.ok(!moved.deleteBeforeReplace);
    const auto = configMap({ a: "1" }, { annotations: { "pulumi.com/autonamed": "true" } });
    assert.ok(!(await provider().diff(subject, stateOf(auto), { ...auto, data: {} })).deleteBeforeReplace);
  });

  it("replaces when a whole object adds or removes an immutable field, but not for an unknown one", async () => {
    const spec = (value: PropertyMap | string): PropertyMap => ({
      ...configMap({}),
      kind: "Job",
      apiVersion: "batch/v1",
      spec: value,
    });
    const old = stateOf({ ...spec({}), spec: null });
    const replaced = async (value: PropertyMap | string) =>
      (await provider().diff(subject, old, spec(value))).replace.length > 0;
    assert.ok(await replaced({ template: { spec: {} } }));
    assert.ok(!(await replaced({ ttlSecondsAfterFinished: 1 })));
    assert.ok(!(await replaced(UNKNOWN)));
  });

  it("finds changed and missing objects, and takes no answer for neither", async () => {
    const inputs = configMap({ a: "1" });
    const old = stateOf(inputs);
    const refresh = (of = provider()) => of.refresh({ ...operation(inputs), old });
    assert.equal(await refresh(), undefined);
    await provider().create(operation(inputs));
    assert.deepEqual((await refresh())?.drift, []);
    const live = cluster.objects.get("/api/v1/namespaces/default/configmaps/a");
    assert.ok(live);
    live["data"] = { a: "2" };
    const found = await refresh();
    assert.deepEqual(found?.drift, [{ path: ["data", "a"], managers: [] }]);
    assert.deepEqual(found.inputs["data"], { a: "2" });
    assert.equal(cluster.calls.length, 1);
    cluster.refusals.set("GET /api/v1/namespaces/default/configmaps/a", { code: 500, message: "not now" });
    await assert.rejects(refresh(), /not now/);
    await assert.rejects(refresh(provider({ kubeconfig: "/nonexistent/kubeconfig" })), /There is no kubeconfig at/);
    const preview = provider({ kubeconfig: "/nonexistent/kubeconfig" }, true);
    await assert.rejects(refresh(preview), /There is no kubeconfig at .*--no-refresh compares with the state alone$/);
  });

  it("waits until an object that is already being deleted is gone", async () => {
    const inputs = configMap({ a: "1" });
    const path = "/api/v1/namespaces/default/configmaps/a";
    await provider().create(operation(inputs));
    const live = cluster.objects.get(path);
    assert.ok(live);
    live.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
    const note = () => cluster.objects.delete(path);
    assert.equal(await provider().refresh({ ...operation(inputs, { note }), old: stateOf(inputs) }), undefined);
  });

  it("ends a wait on an interruption, and keeps the object", async () => {
    cluster.statusOf = () => ({ phase: "Pending" });
    const interruption = new AbortController();
    const creating = provider().create(
      operation({ ...configMap({}), kind: "Pod" }, { timeout: 600, signal: interruption.signal }),
    );
    interruption.abort();
    await assert.rejects(creating, (error: unknown) => {
      assert.ok(error instanceof NotReady);
      assert.match(error.message, /^interrupted: the pod is starting/);
      return true;
    });
  });

  it("leaves ignored fields as they are live", async () => {
    const path = "/api/v1/namespaces/default/configmaps/a";
    const { outputs } = await provider().create(operation(configMap({ a: "1", b: "1" })));
    const live = cluster.objects.get(path);
    assert.ok(live);
    live["data"] = { a: "set by something else", b: "1" };
    const old = stateOf(configMap({ a: "1", b: "1" }), outputs);
    await provider().update({ ...operation(configMap({ a: "1", b: "2" }), { ignoreChanges: ["data.a"] }), old });
    assert.deepEqual(cluster.objects.get(path)?.["data"], { a: "set by something else", b: "2" });
  });

  it("waits for a namespace that is being created", async () => {
    const inputs = configMap({}, { namespace: "later" });
    const creating = provider().create(
      operation(inputs, {
        note: () => {
          cluster.objects.set("/api/v1/namespaces/later", {
            apiVersion: "v1",
            kind: "Namespace",
            metadata: { name: "later" },
          });
        },
      }),
    );
    assert.equal((await creating).id, "later/a");
  });

  it("reports the server's message", async () => {
    cluster.refusals.set("PATCH /api/v1/namespaces/default/configmaps/a", {
      code: 409,
      message: 'conflict with "other" using v1: .data.a',
    });
    await assert.rejects(provider().create(operation(configMap({}))), /conflict with "other"/);
  });

  it("reports why a Job failed, with events and last log lines", async () => {
    const job = {
      ...configMap({}),
      apiVersion: "batch/v1",
      kind: "Job",
      spec: { selector: { matchLabels: { job: "a" } } },
    };
    cluster.statusOf = (object) =>
      object.kind === "Job"
        ? { conditions: [{ type: "Failed", status: "True", message: "backoff limit" }] }
        : undefined;
    const at = "/api/v1/namespaces/default";
    const metadata = { name: "a-1", namespace: "default", uid: "p" };
    const terminated = { name: "main", ready: false, restartCount: 0, state: { terminated: { exitCode: 1 } } };
    cluster.objects.set(`${at}/pods/a-1`, {
      ...{ apiVersion: "v1", kind: "Pod", metadata, status: { phase: "Failed", containerStatuses: [terminated] } },
    });
    cluster.objects.set(`${at}/events/e`, {
      ...{ apiVersion: "v1", kind: "Event", metadata: { name: "e" }, reason: "Killed", message: "out of memory" },
    });
    cluster.logs.set("a-1/main", "first\nlast words\n");
    await assert.rejects(provider().create(operation(job)), (error: unknown) => {
      assert.ok(error instanceof NotReady);
      assert.equal(error.made.id, "default/a");
      assert.match(error.message, /^backoff limit\n[^]*Events of Pod a-1:\n {4}Killed: out of memory[^]*last words/);
      return true;
    });
  });

  it("names what an object waited for when it does not become ready in time", async () => {
    cluster.statusOf = () => ({ phase: "Pending" });
    const pod = { ...configMap({}), kind: "Pod" };
    await assert.rejects(
      provider().create(operation(pod, { timeout: 0.1 })),
      /not ready after 0\.1 s: the pod is starting/,
    );
    const skipped = configMap({}, { annotations: { "pulumi.com/skipAwait": "true" }, name: "b" });
    await provider().create(operation({ ...skipped, kind: "Pod" }, { timeout: 0.1 }));
  });

  it("deletes in the foreground unless told otherwise, and accepts that an object is gone", async () => {
    const inputs = configMap({});
    const { outputs } = await provider().create(operation(inputs));
    await provider().delete({ ...operation(inputs), old: stateOf(inputs, outputs) });
    assert.equal(cluster.calls.at(-1)?.body["propagationPolicy"], "Foreground");
    const orphan = configMap({}, { annotations: { "pulumi.com/deletionPropagationPolicy": "orphan" } });
    await provider().delete({ ...operation(orphan), old: stateOf(orphan) });
    assert.equal(cluster.calls.at(-1)?.body["propagationPolicy"], "Orphan");
    cluster.refusals.set("DELETE /api/v1/namespaces/default/configmaps/a", { code: 403, message: "it stays" });
    await assert.rejects(provider().delete({ ...operation(inputs), old: stateOf(inputs) }), new Refused("it stays"));
  });

  it("a preview changes nothing; the server's additions are unknown, the program's values are known", async () => {
    const { id, outputs } = await provider({}, true).create(operation(configMap({ a: "1" }), { preview: true }));
    assert.equal(id, "");
    assert.deepEqual(cluster.calls, []);
    const metadata = outputs["metadata"] as PropertyMap;
    assert.deepEqual([metadata["name"], metadata["uid"], outputs["status"]], ["a", UNKNOWN, UNKNOWN]);
    assert.deepEqual(outputs["data"], { a: "1" });
  });

  it("a preview works before the namespace and the cluster exist", async () => {
    const early = operation(configMap({}, { namespace: "none" }), { preview: true });
    assert.equal((await provider({}, true).create(early)).id, "");
    const nowhere = provider({ kubeconfig: "/nonexistent/kubeconfig" }, true);
    assert.equal((await nowhere.create(early)).id, "");
    const checked = await nowhere.check(subject, { metadata: { name: "a" } }, undefined);
    assert.equal((checked["metadata"] as PropertyMap)["namespace"], "default");
    await assert.rejects(
      provider({ kubeconfig: "/nonexistent/kubeconfig" }).create(early),
      /There is no kubeconfig at/,
    );
  });

  it("names the existing contexts", () => {
    assert.throws(() => provider({ context: "mine" }).client, /has no context mine; .* has fake\./);
  });

  it("reads kubeconfigs as the real provider does: either one path alone or KUBECONFIG's list", async () => {
    const other = new FakeCluster();
    const second = await other.start(temporaryFolder());
    const clientOf = (config: PropertyMap, env: NodeJS.ProcessEnv = {}) =>
      new KubernetesProvider(config, { env, config: {}, root: ".", preview: false }).client;
    const both = `${kubeconfig}${delimiter}${second}`;
    assert.equal(clientOf({}, { KUBECONFIG: both }).server, clientOf({ kubeconfig }).server);
    assert.throws(() => clientOf({ kubeconfig: both }), /names one file/);
    assert.throws(() => clientOf({ kubeconfig, cluster: "none" }), /names the cluster none, which/);
    await other.stop();
  });

  it("another cluster makes another provider; another way to the same cluster does not", async () => {
    const other = new FakeCluster();
    const second = await other.start(temporaryFolder());
    assert.deepEqual(otherClusterPaths({ kubeconfig }, { kubeconfig: second }, {}), ["kubeconfig"]);
    assert.deepEqual(otherClusterPaths({ kubeconfig }, { kubeconfig, context: "fake" }, {}), []);
    assert.deepEqual(otherClusterPaths({ kubeconfig }, { kubeconfig: UNKNOWN }, {}), ["kubeconfig"]);
    await other.stop();
  });
});
