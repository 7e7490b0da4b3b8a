import { type Container, replicasOf, type Workload, workloadOf } from "../../policy/model/workload";
import { formatPath } from "kafka-stack-engine";
import type { ResourceChange } from "../changes";
import type { RecordedResource } from "../recorder";
import { configEffects } from "./config";
import { distinct, type Effect, type ObjectChange, objectChanges, touches } from "./effect";
import { count, podNames } from "./pods";

/**
 * What a change starts, stops and restarts.
 *
 * @param after all resources of the stack after the change, to find what mounts a changed ConfigMap.
 */
export function restarts(changes: readonly ResourceChange[], after: readonly RecordedResource[]): Effect[] {
  const objects = objectChanges(changes);
  return distinct([
    ...objects.flatMap(workloadEffects),
    ...objects.flatMap(chartEffects),
    ...configEffects(objects, after),
  ]);
}

function workloadEffects(change: ObjectChange): Effect[] {
  const [was, is] = [change.before, change.after].map((object) => object && workloadOf(object));
  const workload = is ?? was;
  if (workload === undefined || change.kind === "PodTemplate") {
    return [];
  }
  const texts = workload.resource.kind === "Job" ? job(change, workload) : servers(change, was, is);
  return texts.map((text) => ({ subject: change.subject, text }));
}

function job({ change }: ObjectChange, { containers }: Workload): string[] {
  const steps = containers.flatMap(stepsOf).join(", ");
  switch (change.operation) {
    case "create":
      return [`runs: ${steps}`];
    case "replace":
      return [`runs again: ${steps}`];
    case "update":
    case "delete":
      return [];
  }
}

/** What a container does: the command of the ops program, or else its name. */
function stepsOf({ name, value }: Container): string[] {
  const [task] = value.at("args").items();
  return [value.at("command").items()[1]?.is("/app/ops.js") === true ? (task?.text ?? name) : name];
}

function servers(change: ObjectChange, was: Workload | undefined, is: Workload | undefined): string[] {
  if (is === undefined) {
    return [`goes, and ${was === undefined ? "its pods" : pods(was)} with it`];
  }
  if (was === undefined) {
    return [`is new and starts ${pods(is)}`];
  }
  if (change.change.operation === "replace") {
    return [`is replaced: ${pods(was)} stop, then ${pods(is)} start`];
  }
  return [...scaling(was, is), ...rolling(change, was, is)];
}

function scaling(was: Workload, is: Workload): string[] {
  const [from, to] = [replicasOf(was), replicasOf(is)];
  if (from === undefined || to === undefined || from === to) {
    return [];
  }
  const [verb, low, high] = to > from ? ["starts", from, to] : ["stops", to, from];
  const named = is.resource.kind === "StatefulSet" ? podNames(is.resource.name, low, high) : count(high - low);
  return [`${verb} ${named} (${from} → ${to})`];
}

function rolling(change: ObjectChange, was: Workload, is: Workload): string[] {
  if (!touches(change, "spec", "template")) {
    return [];
  }
  const old = replicasOf(was);
  const now = replicasOf(is);
  // Pods that the change starts or stops are not restarted.
  const staying = old === undefined || now === undefined ? pods(is) : count(Math.min(old, now));
  if (old === 0 || now === 0) {
    return [];
  }
  return [`restarts ${staying}${manner(is)}: ${reasons(change)}`];
}

/** How Kubernetes rolls out a changed pod template. */
function manner({ resource, spec }: Workload): string {
  const isDeployment = resource.kind === "Deployment";
  const strategy = spec.at(isDeployment ? "strategy" : "updateStrategy", "type");
  if (strategy.is("OnDelete")) {
    return ", but each only once it is deleted";
  }
  if (strategy.is("Recreate")) {
    return ", all at once";
  }
  return isDeployment ? ", new ones before old ones" : ", one after the other";
}

/** What differs in the pod template. */
function reasons({ change }: ObjectChange): string {
  const properties = "properties" in change ? change.properties : [];
  const inTemplate = properties.filter(({ path }) => path[0] === "spec" && path[1] === "template");
  const paths = inTemplate.map(({ path }) => formatPath(path.slice(path[2] === "spec" ? 3 : 2)));
  const shown = paths.slice(0, shownReasons).join(", ");
  return paths.length > shownReasons ? `${shown} and ${paths.length - shownReasons} more` : shown;
}

const shownReasons = 4;

function pods(workload: Workload): string {
  const replicas = replicasOf(workload);
  return replicas === undefined ? "a pod on each node" : count(replicas);
}

function chartEffects({ change, kind, after, subject }: ObjectChange): Effect[] {
  const changed = "properties" in change ? change.properties : [];
  return ["Chart", "Release"].includes(kind) && after !== undefined && changed.length > 0
    ? [
        {
          subject,
          text: `may restart what it holds: ${changed.map(({ path }) => formatPath(path)).join(", ")}`,
        },
      ]
    : [];
}
