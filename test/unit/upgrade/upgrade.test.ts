import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, type RunResult } from "kafka-stack-engine";
import { fakeTool, temporaryFolder } from "../../support/temporary";
import { ROOT } from "../../support/stacks";

/** Previews the program on the state that `up` of version 0.1.0 left of the stack dev: `recorded/dev.json`, unchanged. */
async function preview(): Promise<RunResult["steps"]> {
  const recorded = join(__dirname, "recorded");
  const stateDirectory = temporaryFolder();
  copyFileSync(join(recorded, "secret.key"), join(stateDirectory, "secret.key"));
  const state = readFileSync(join(recorded, "dev.json"), "utf8").replaceAll("{root}", ROOT);
  writeFileSync(join(stateDirectory, "dev.json"), state);
  // The registry's chart creates its own objects; here it creates none.
  const helm = fakeTool(temporaryFolder(), "helm", "cat > /dev/null");
  const env = { ...helm, ENGINE: "stand-in", KUBECONFIG: join(stateDirectory, "no-kubeconfig") };
  const { steps } = await run({
    command: "preview",
    stack: "dev",
    root: ROOT,
    env,
    stateDirectory,
    refresh: false,
    write: () => undefined,
  });
  return steps;
}

/** Kinds that hold data, or that clients and servers would miss during a replacement. Jobs are not included, because they repeat their work. */
const KEPT =
  /:(StatefulSet|PersistentVolume|PersistentVolumeClaim|Namespace|Service|ConfigMap|Secret|Deployment|PodDisruptionBudget|NetworkPolicy|ServiceAccount)$/;

/** A Job's files are immutable and replaced with it. */
const FILES_OF_JOB = /^(prepare|finish)-files$/;

/** Names of the registry chart's objects begin with this. */
const CHART = "registry:";

describe("A stack of version 0.1.0", function () {
  // A separate Node loads the program.
  this.timeout(120_000);

  it("is upgraded without replacing or deleting anything but Jobs", async () => {
    const steps = await preview();
    assert.ok(steps.some(({ type }) => type === "kubernetes:apps/v1:StatefulSet"));
    const lost = steps.filter(
      ({ operation, type, name }) =>
        ["replace", "delete"].includes(operation) &&
        KEPT.test(type) &&
        !name.startsWith(CHART) &&
        !FILES_OF_JOB.test(name),
    );
    assert.deepEqual(
      lost.map(({ operation, type, name }) => `${operation} ${type} ${name}`),
      [],
    );
    const anew = steps.filter(
      ({ operation, type }) => operation === "create" && /:(StatefulSet|PersistentVolume(Claim)?)$/.test(type),
    );
    assert.deepEqual(anew, []);
  });
});
