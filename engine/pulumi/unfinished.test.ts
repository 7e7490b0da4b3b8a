import assert from "node:assert/strict";
import { FakeCluster } from "../../test/support/fake-cluster";
import { temporaryFolder } from "../../test/support/temporary";
import type { PropertyMap } from "../values";
import type { Kept, KeptResource } from "./checkpoint";
import { takenUp, untilDeletionsEnd } from "./unfinished";

const PROVIDER = "urn:pulumi:dev::demo::pulumi:providers:kubernetes::cluster";
const PATH = "/api/v1/namespaces/kafka/configmaps/a";

function resource(name = "a"): KeptResource {
  return {
    urn: "urn:pulumi:dev::demo::kubernetes:core/v1:ConfigMap::settings",
    type: "kubernetes:core/v1:ConfigMap",
    custom: true,
    provider: `${PROVIDER}::7`,
    inputs: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace: "kafka", labels: { "app.kubernetes.io/instance": "dev" } },
    },
  };
}

describe("engine: what a killed Pulumi CLI leaves", () => {
  const cluster = new FakeCluster();
  let kubeconfig = "";
  const said: string[] = [];
  const looking = { env: {}, write: (line: string) => said.push(line) };

  before(async () => {
    kubeconfig = await cluster.start(temporaryFolder());
  });
  after(() => cluster.stop());
  beforeEach(() => {
    cluster.clear();
    said.length = 0;
  });

  function there(more: PropertyMap = {}, labels: Record<string, string> = { "app.kubernetes.io/instance": "dev" }) {
    const managedFields = [{ manager: "pulumi-kubernetes-1a2b", operation: "Apply" }];
    const metadata = { name: "a", namespace: "kafka", uid: "u", labels, managedFields, ...more };
    cluster.objects.set(PATH, { apiVersion: "v1", kind: "ConfigMap", metadata });
  }

  function kept(more: Partial<Kept>, config: PropertyMap = { kubeconfig }): Kept & { manifest: object } {
    const provider = { urn: PROVIDER, type: "pulumi:providers:kubernetes", custom: true, id: "7", inputs: config };
    const { resources = [], ...rest } = more;
    return { manifest: { version: "3" }, ...rest, resources: [provider, ...resources] };
  }

  const creating = (one = resource()) => [{ type: "creating", resource: one }];
  const added = (state: Kept | undefined) => state?.resources?.slice(1);

  it("is taken into the state when the object exists, with the field manager that owns its fields", async () => {
    there();
    const state = await takenUp(kept({ pending_operations: creating() }), looking);
    const inputs = resource().inputs ?? {};
    const outputs = {
      ...inputs,
      __inputs: inputs,
      __fieldManager: "pulumi-kubernetes-1a2b",
      __initialApiVersion: "v1",
    };
    assert.deepEqual(added(state), [{ ...resource(), id: "kafka/a", outputs }]);
    assert.deepEqual(state?.pending_operations, []);
    assert.deepEqual((state as unknown as PropertyMap)["manifest"], { version: "3" });
    assert.deepEqual(said, [
      "ConfigMap settings: kafka/a was made by a run that was killed before its state said so; it is taken into the state",
    ]);
  });

  it("is forgotten when the object does not exist, or somebody else has made it", async () => {
    assert.deepEqual(added(await takenUp(kept({ pending_operations: creating() }), looking)), []);
    there({ managedFields: [{ manager: "kubectl" }] });
    assert.deepEqual(added(await takenUp(kept({ pending_operations: creating() }), looking)), []);
    there({}, { "app.kubernetes.io/instance": "other" });
    assert.deepEqual(added(await takenUp(kept({ pending_operations: creating() }), looking)), []);
    assert.deepEqual(said, []);
  });

  it("is not taken twice, and is deleted where it was to replace what the state has", async () => {
    there();
    const known = { ...resource(), id: "kafka/a" };
    const again = await takenUp(kept({ resources: [known], pending_operations: creating() }), looking);
    assert.deepEqual(added(again), [known]);
    const former = { ...resource("b"), id: "kafka/b" };
    const state = await takenUp(kept({ resources: [former], pending_operations: creating() }), looking);
    assert.deepEqual(
      added(state)?.map(({ id, delete: deleted }) => [id, deleted]),
      [
        ["kafka/b", undefined],
        ["kafka/a", true],
      ],
    );
    assert.match(said.join("\n"), /kafka\/a was made by a run that was killed before its state said so; it is deleted/);
  });

  it("leaves the state alone where nothing was begun, or no cluster answers", async () => {
    assert.equal(
      await takenUp(kept({ pending_operations: [{ type: "updating", resource: resource() }] }), looking),
      undefined,
    );
    const away = { kubeconfig: "/nonexistent/kubeconfig" };
    assert.equal(await takenUp(kept({ pending_operations: creating() }, away), looking), undefined);
    await untilDeletionsEnd(kept({ resources: [{ ...resource(), id: "kafka/a" }] }, away), looking);
  });

  it("does not look in another cluster when the kubeconfig is a secret", async () => {
    there();
    const hidden = { kubeconfig: { ciphertext: "v1:x" } };
    assert.equal(await takenUp(kept({ pending_operations: creating() }, hidden), looking), undefined);
  });

  it("is waited for while it is being deleted", async () => {
    there({ deletionTimestamp: "2026-01-01T00:00:00Z" });
    const write = (line: string) => {
      said.push(line);
      cluster.objects.delete(PATH);
    };
    await untilDeletionsEnd(kept({ resources: [{ ...resource(), id: "kafka/a" }] }), { ...looking, write });
    assert.deepEqual(said, ["    ConfigMap settings: something is deleting it; waiting until it is gone"]);
  });

  it("is not waited for longer than a person wants", async () => {
    there({ deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["a/b"] });
    const waiting = untilDeletionsEnd(kept({ resources: [{ ...resource(), id: "kafka/a" }] }), {
      ...looking,
      signal: AbortSignal.abort(),
    });
    await assert.rejects(waiting, /^Error: ConfigMap settings failed: interrupted: held by its finalizers a\/b$/);
  });
});
