import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../sandbox/engine";
import { FakeCluster } from "../../sandbox/engine/test-support/fake-cluster";
import { one } from "./support/components";
import { waitsFor } from "./support/graph";
import { called } from "./support/objects";
import { recordStack, ROOT, STACKS } from "./support/stacks";

const HOLDS_DATA = /:(PersistentVolume|PersistentVolumeClaim|StatefulSet|Namespace)$/;

/** One whose registry needs no chart, and so no helm. */
const STACK = "production";

/** The state of a stack of which nothing is recorded but what it chose, and the provider of that. */
async function stateOf(stack: string, set: Readonly<Record<string, unknown>>): Promise<string> {
  const { resources } = await recordStack(stack, { set });
  const resource = (name: string, type: string, id: string, provider?: string) => {
    const { urn: full, inputs, custom } = one(resources, type, name);
    // Pulumi's mocks write the stack into the URNs of what is at the top, which the engine leaves out.
    const urn = full.replace("pulumi:pulumi:Stack$", "");
    return {
      urn,
      type: one(resources, type, name).type,
      custom,
      id,
      inputs,
      outputs: inputs,
      dependencies: [],
      provider,
    };
  };
  const provider = resource("kubernetes", "kubernetes", "provider-id");
  const choices = resource("choices", "ConfigMap", "kafka-volumes/stack-choices", `${provider.urn}::provider-id`);
  return JSON.stringify({ version: 1, resources: [provider, choices], creating: [], outputs: {} });
}

/** Where the choices of the stack are in its cluster. */
const CHOICES = "/api/v1/namespaces/kafka-volumes/configmaps/stack-choices";

describe("a change of a stack that has data", function () {
  this.timeout(60_000);
  const cluster = new FakeCluster();
  const folder = mkdtempSync(join(tmpdir(), "choices-"));
  let kubeconfig = "";

  before(async () => {
    kubeconfig = await cluster.start(folder);
  });
  after(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });

  it("is found out before anything that holds data is touched, the namespace too", async () => {
    for (const stack of STACKS) {
      const recording = await recordStack(stack);
      const choices = one(recording.resources, "ConfigMap", "choices");
      const late = recording.resources.filter(
        (resource) => HOLDS_DATA.test(resource.type) && !waitsFor(recording, resource).has(choices.urn),
      );
      assert.deepEqual(late.map(called), [
        "Namespace volumes",
        ...(stack === "production" ? [] : ["Namespace registry"]),
      ]);
    }
  });

  it("is refused by the whole program's preview, in a sentence that says where to read on", async () => {
    const stateDirectory = join(folder, "state");
    mkdirSync(stateDirectory);
    const state = await stateOf(STACK, { storage: { size: "200Gi" } });
    writeFileSync(join(stateDirectory, `${STACK}.json`), state);
    const { resources } = JSON.parse(state) as { resources: { type: string; urn: string; inputs: object }[] };
    const held = resources.find(({ type, urn }) => type.endsWith(":ConfigMap") && urn.endsWith("::choices"));
    cluster.objects.set(CHOICES, held?.inputs as never);
    const preview = run({
      command: "preview",
      stack: STACK,
      root: ROOT,
      stateDirectory,
      env: { ...process.env, ENGINE: "stand-in", KUBECONFIG: kubeconfig },
      write: () => undefined,
    });
    await assert.rejects(preview, (error: Error) => {
      assert.match(
        error.message,
        /^ConfigMap choices failed: storage\.size cannot change from 200Gi to 100Gi on a stack/,
      );
      assert.match(error.message, /; docs\/moving-data\.md says what to do$/);
      return true;
    });
  });
});
