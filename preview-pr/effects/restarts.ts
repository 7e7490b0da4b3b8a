import { type Container, replicasOf, type Workload, workloadOf } from "../../policy/model";
import { listReasons, type PodTemplate, restartReasons } from "../../components/servers/restart-reasons";
import { settingsIn, type SettingsMap } from "../../components/servers/written-settings";
import { formatPath, redact } from "kafka-stack-engine";
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
  const settings = restartSettings(objects);
  return distinct([
    ...objects.flatMap((change) => workloadEffects(change, settings)),
    ...objects.flatMap(chartEffects),
    ...configEffects(objects, after),
  ]);
}

/** What is written down of the settings behind restart hashes, before and after. */
function restartSettings(objects: readonly ObjectChange[]): readonly SettingsMap[] {
  return objects
    .filter(({ kind }) => kind === "ConfigMap")
    .flatMap(({ change }) => [
      ...("before" in change ? [change.before] : []),
      ...("after" in change ? [change.after] : []),
    ])
    .map(({ inputs }) => redact(inputs) as SettingsMap);
}

function workloadEffects(change: ObjectChange, settings: readonly SettingsMap[]): Effect[] {
  const [was, is] = [change.before, change.after].map((object) => object && workloadOf(object));
  const workload = is ?? was;
  if (workload === undefined || change.kind === "PodTemplate") {
    return [];
  }
  const texts = workload.resource.kind === "Job" ? job(change, workload) : servers(change, was, is, settings);
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

function servers(
  change: ObjectChange,
  was: Workload | undefined,
  is: Workload | undefined,
  settings: readonly SettingsMap[],
): string[] {
  if (is === undefined) {
    return [`goes, and ${was === undefined ? "its pods" : pods(was)} with it`];
  }
  if (was === undefined) {
    return [`is new and starts ${pods(is)}`];
  }
  if (change.change.operation === "replace") {
    return [`is replaced: ${pods(was)} stop, then ${pods(is)} start`];
  }
  return [...scaling(was, is), ...rolling(change, was, is, settings)];
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

function rolling(change: ObjectChange, was: Workload, is: Workload, settings: readonly SettingsMap[]): string[] {
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
  return [`restarts ${staying}${manner(is)}: ${reasons(change, settings)}`];
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

/** What differs in the pod template, in words; of secrets that differ only the paths. */
function reasons({ change }: ObjectChange, settings: readonly SettingsMap[]): string {
  if (!("properties" in change)) return "";
  const [before, after] = [change.before, change.after].map(templateOf);
  const differs = restartReasons(before ?? {}, after ?? {}, (hash) => settingsIn(settings, hash));
  const inTemplate = change.properties.filter(({ path }) => path[0] === "spec" && path[1] === "template");
  return listReasons(differs.length > 0 ? differs : inTemplate.map(({ path }) => formatPath(path.slice(2))));
}

function templateOf({ inputs }: RecordedResource): PodTemplate {
  const { spec } = redact(inputs) as { readonly spec?: { readonly template?: PodTemplate } };
  return spec?.template ?? {};
}

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
