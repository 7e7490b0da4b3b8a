import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, type RunResult } from "kafka-stack-engine";
import { fakeTool, temporaryFolder } from "../../support/temporary";
import { ROOT } from "../../support/stacks";

/** Previews the program on the state that `up` of version 0.1.0 has left of the stack dev: `recorded/dev.json`, as it was written. */
async function preview(): Promise<RunResult["steps"]> {
  const recorded = join(__dirname, "recorded");
  const stateDirectory = temporaryFolder();
  copyFileSync(join(recorded, "secret.key"), join(stateDirectory, "secret.key"));
  const state = readFileSync(join(recorded, "dev.json"), "utf8").replaceAll("{root}", ROOT);
  writeFileSync(join(stateDirectory, "dev.json"), state);
  // What the registry's chart makes is the chart's: here it makes nothing.
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

/** Kinds that hold data, or that clients and servers would miss while they are made anew. Jobs do their work again: they are none of these. */
const KEPT =
  /:(StatefulSet|PersistentVolume|PersistentVolumeClaim|Namespace|Service|ConfigMap|Secret|Deployment|PodDisruptionBudget|NetworkPolicy|ServiceAccount)$/;

/** What a Job mounts is immutable and replaced with it. */
const FILES_OF_JOB = /^(prepare|finish)-files$/;

/** Names of what the registry's chart makes begin so. */
const CHART = "registry:";

describe("A stack of version 0.1.0", function () {
  // The program is loaded by a Node of its own.
  this.timeout(120_000);

  it("is brought to this version without a replacement or deletion of anything but Jobs", async () => {
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
