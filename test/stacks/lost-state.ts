import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { sandboxEnvironment } from "../../sandbox/environment";
import { checkpointOf, readProject, stateFileOf } from "kafka-stack-engine";
import { run } from "../../sandbox/host/command";
import { history, post } from "../support/history";
import { up } from "../support/stack";

/**
 * The commands of docs/operations.md for a stack `dev` without any copy of its state: when directories keep the data, when claims do, and in any
 * case.
 */
const DIRECTORIES = ["kubectl delete namespace kafka kafka-volumes kafka-registry --ignore-not-found"];
const CLAIMS = [
  'kubectl delete "$(kubectl api-resources --namespaced --verbs=delete,list --output name | grep -vx persistentvolumeclaims | paste -sd, -)" --namespace kafka --selector app.kubernetes.io/instance=dev',
  "kubectl delete namespace kafka-volumes kafka-registry --ignore-not-found",
];
const BOTH =
  "kubectl delete persistentvolumes,clusterroles,clusterrolebindings --selector app.kubernetes.io/part-of=kafka-stack,app.kubernetes.io/instance=dev";

/** Deletes the engines' state of a stack. */
function loseState(stack: string): void {
  const project = readProject(process.cwd());
  for (const file of [stateFileOf({ stack }, project.root), checkpointOf(project, stack)])
    rmSync(file, { force: true });
}

/** Removes the objects of a stack without state. @param keeps what keeps its data */
async function takeAway(stack: string, keeps: "directories" | "claims"): Promise<void> {
  for (const command of [...(keeps === "directories" ? DIRECTORIES : CLAIMS), BOTH]) {
    await run("bash", ["-euo", "pipefail", "-c", command.replaceAll("instance=dev", `instance=${stack}`)], {
      env: sandboxEnvironment().env,
    });
  }
}

/** Loses the state of a stack and continues as docs/operations.md says. @param settings config for this run, as `key=value` */
export async function losesState(
  stack: string,
  keeps: "directories" | "claims",
  settings: readonly string[] = [],
): Promise<void> {
  const text = `${stack}, without its state: ${process.hrtime.bigint()}`;
  assert.ok(await post(text));
  loseState(stack);
  await assert.rejects(up(stack, ...settings), /exists already/);
  await takeAway(stack, keeps);
  await up(stack, ...settings);
  assert.ok((await history(1_000)).includes(text));
}
