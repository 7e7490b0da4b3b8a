import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { run, type RunResult } from "kafka-stack-engine";
import { temporaryFolder } from "../../support/temporary";

type Steps = RunResult["steps"];

/** Previews the program on the state that an `up` under its older names left. */
async function preview(mode: string): Promise<Steps> {
  const stateDirectory = temporaryFolder();
  cpSync(join(__dirname, "recorded"), stateDirectory, { recursive: true });
  const env = { ...process.env, ENGINE: "stand-in", KUBECONFIG: join(stateDirectory, "no-kubeconfig"), MODE: mode };
  const root = join(__dirname, "program");
  const { steps } = await run({ command: "preview", stack: "dev", root, env, stateDirectory, write: () => undefined });
  return steps;
}

const those = (steps: Steps, ...operations: string[]) =>
  steps
    .filter(({ operation }) => operations.includes(operation))
    .map(({ operation, type, name }) => `${operation} ${type.split(":").at(-1) ?? ""} ${name}`)
    .sort();

/** Resources that are new since the state was recorded. */
const NEW = ["create ConfigMap events-restart-settings", "create Job events-restart-check"];

describe("Aliases", function () {
  // A separate Node loads the program.
  this.timeout(600_000);

  let renamed: Steps = [];
  let forgotten: Steps = [];
  before(async () => {
    [renamed, forgotten] = await Promise.all([preview("renamed"), preview("forgotten")]);
  });

  it("renamed or moved components keep the state of everything in them", () => {
    assert.deepEqual(those(renamed, "create", "replace", "delete"), NEW);
    const names = renamed.map(({ name }) => name);
    for (const name of ["events", "events-default-deny", "events-volumes-2-0-claim", "events-config", "ops-pod"]) {
      assert.ok(names.includes(name), `${name} is not among ${names.join(", ")}`);
    }
  });

  it("without an alias all of it would be recreated", () => {
    const gone = those(forgotten, "delete");
    for (const one of ["StatefulSet broker", "PersistentVolumeClaim broker-volumes-0-0-claim", "PodTemplate ops"]) {
      assert.ok(gone.includes(`delete ${one}`), `${one} is not among ${gone.join(", ")}`);
    }
    assert.equal(those(forgotten, "create").length, gone.length + NEW.length);
  });
});
