/**
 * When an object of a kind is ready: the conditions that Pulumi's Kubernetes provider waits for.
 *
 * @see https://github.com/pulumi/pulumi-kubernetes/tree/master/provider/pkg/await
 */
import { isObject, type Value } from "../values";
import type { KubeClient, KubeObject } from "./client";

/** A rule's finding. */
export type Verdict =
  | { readonly state: "ready" }
  | { readonly state: "waiting"; readonly reason: string }
  | { readonly state: "failed"; readonly reason: string };

/** Judges a live object. */
export type Rule = (live: KubeObject, client: KubeClient) => Verdict | Promise<Verdict>;

const READY: Verdict = { state: "ready" };
const waiting = (reason: string): Verdict => ({ state: "waiting", reason });
const failed = (reason: string): Verdict => ({ state: "failed", reason });

const RULES: Readonly<Record<string, Rule>> = {
  "apps/v1/DaemonSet": daemonSet,
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": statefulSet,
  "batch/v1/Job": job,
  "networking.k8s.io/v1/Ingress": ingress,
  "v1/Namespace": namespace,
  "v1/PersistentVolume": persistentVolume,
  "v1/PersistentVolumeClaim": persistentVolumeClaim,
  "v1/Pod": pod,
  "v1/Service": service,
};

/** The rule for an object, `undefined` when it is ready as soon as it exists. */
export function ruleFor(object: KubeObject): Rule | undefined {
  return RULES[`${object.apiVersion}/${object.kind}`];
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

function conditionsOf(object: KubeObject): Condition[] {
  return (object.status?.["conditions"] ?? []) as unknown as Condition[];
}

function conditionOf(object: KubeObject, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}

function number(value: Value | undefined, fallback = 0): number {
  return typeof value === "number" ? value : fallback;
}

function phaseOf(object: KubeObject): string {
  const phase = object.status?.["phase"];
  return typeof phase === "string" ? phase : "not set";
}

function isObserved(object: KubeObject): boolean {
  return number(object.status?.["observedGeneration"]) >= (object.metadata.generation ?? 0);
}

/** The label selector of a workload's or Service's pods; `undefined` when it selects none. */
export function selectorOf(object: KubeObject): string | undefined {
  const selector = object.spec?.["selector"];
  const labels = isObject(selector) && isObject(selector["matchLabels"]) ? selector["matchLabels"] : selector;
  if (!isObject(labels) || Object.keys(labels).length === 0) {
    return undefined;
  }
  return Object.entries(labels)
    .filter(([, value]) => typeof value === "string")
    .map(([key, value]) => `${key}=${value as string}`)
    .join(",");
}

/** Why pods are not ready, in a few words: `broker-2 ContainerCreating`. */
export async function podTroubles(client: KubeClient, object: KubeObject): Promise<string> {
  const labelSelector = selectorOf(object);
  if (labelSelector === undefined) {
    return "";
  }
  const pods = await client.list("v1", "Pod", object.metadata.namespace, { labelSelector });
  return pods
    .map((one) => [one.metadata.name, troubleOf(one)] as const)
    .filter(([, trouble]) => trouble !== undefined)
    .map(([name, trouble]) => `${name} ${trouble ?? ""}`)
    .join(", ");
}

function troubleOf(one: KubeObject): string | undefined {
  if (one.metadata.deletionTimestamp !== undefined) {
    return "is ending";
  }
  const ready = conditionOf(one, "Ready");
  if (ready?.status === "True" || one.status?.["phase"] === "Succeeded") {
    return undefined;
  }
  const statuses = [...containerStatuses(one, "initContainerStatuses"), ...containerStatuses(one, "containerStatuses")];
  for (const status of statuses) {
    const state = status.state ?? {};
    if (state.waiting?.reason !== undefined && state.waiting.reason !== "PodInitializing") {
      return state.waiting.reason + lastWords(status.lastState?.terminated ?? state.waiting);
    }
    if (state.terminated !== undefined && state.terminated.exitCode !== 0) {
      return `ended with exit code ${state.terminated.exitCode}${lastWords(state.terminated)}`;
    }
  }
  const scheduled = conditionOf(one, "PodScheduled");
  if (scheduled?.status === "False") {
    return `is not scheduled (${scheduled.message ?? "no reason given"})`;
  }
  return phaseOf(one) === "Running" ? "is not ready" : "is starting";
}

/** The last line of a container's or the kubelet's message, after a colon; of a stack trace, its exception. */
function lastWords({ message }: { message?: string }): string {
  const lines = (message ?? "").split("\n").map((line) => line.trim());
  const line = lines.filter((one) => one !== "" && !/^(at \S.*|\.\.\. \d+ more$)/.test(one)).at(-1);
  return line === undefined ? "" : `: ${line}`;
}

/** One container's status in a pod. */
export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  state?: {
    waiting?: { reason?: string; message?: string };
    running?: object;
    terminated?: { exitCode: number; reason?: string; message?: string };
  };
  lastState?: { terminated?: { exitCode: number; message?: string } };
}

/** The statuses of a pod's containers (or init containers). */
export function containerStatuses(one: KubeObject, key: string): ContainerStatus[] {
  return (one.status?.[key] ?? []) as unknown as ContainerStatus[];
}

async function notYet(client: KubeClient, live: KubeObject, summary: string): Promise<Verdict> {
  const troubles = await podTroubles(client, live);
  return waiting(troubles === "" ? summary : `${summary} (${troubles})`);
}

async function deployment(live: KubeObject, client: KubeClient): Promise<Verdict> {
  const wanted = number(live.spec?.["replicas"], 1);
  const updated = number(live.status?.["updatedReplicas"]);
  const available = number(live.status?.["availableReplicas"]);
  const total = number(live.status?.["replicas"]);
  const progressing = conditionOf(live, "Progressing");
  if (isObserved(live) && progressing?.reason === "ProgressDeadlineExceeded") {
    return failed(progressing.message ?? "its progress deadline was exceeded");
  }
  if (isObserved(live) && updated >= wanted && available >= wanted && total === updated) {
    return READY;
  }
  return notYet(client, live, `${Math.min(updated, available)} of ${wanted} pods available`);
}

async function statefulSet(live: KubeObject, client: KubeClient): Promise<Verdict> {
  const wanted = number(live.spec?.["replicas"], 1);
  const ready = number(live.status?.["readyReplicas"]);
  const total = number(live.status?.["replicas"]);
  const strategy = live.spec?.["updateStrategy"];
  const onDelete = isObject(strategy) && strategy["type"] === "OnDelete";
  const updated = number(live.status?.["updatedReplicas"]);
  // After a revert half-way, the new revision is current at once, while pods of the other still run.
  const rolled =
    onDelete || (live.status?.["currentRevision"] === live.status?.["updateRevision"] && updated === wanted);
  if (isObserved(live) && ready === wanted && total === wanted && rolled) {
    return READY;
  }
  const rolling = isObserved(live) && !rolled && total === wanted ? `, ${updated} of them updated` : "";
  return notYet(client, live, `${ready} of ${wanted} pods ready${rolling}`);
}

async function daemonSet(live: KubeObject, client: KubeClient): Promise<Verdict> {
  const wanted = number(live.status?.["desiredNumberScheduled"]);
  const updated = number(live.status?.["updatedNumberScheduled"]);
  const available = number(live.status?.["numberAvailable"]);
  if (isObserved(live) && updated >= wanted && available >= wanted) {
    return READY;
  }
  return notYet(client, live, `${Math.min(updated, available)} of ${wanted} pods available`);
}

async function job(live: KubeObject, client: KubeClient): Promise<Verdict> {
  const failure = conditionOf(live, "Failed");
  if (failure?.status === "True") {
    return failed(failure.message ?? failure.reason ?? "the Job failed");
  }
  if (conditionOf(live, "Complete")?.status === "True" || live.spec?.["suspend"] === true) {
    return READY;
  }
  return notYet(client, live, "waiting for the Job to complete");
}

function namespace(live: KubeObject): Verdict {
  const phase = phaseOf(live);
  return phase === "Active" ? READY : waiting(`its phase is ${phase}`);
}

function persistentVolume(live: KubeObject): Verdict {
  const phase = phaseOf(live);
  return phase === "Available" || phase === "Bound" ? READY : waiting(`its phase is ${phase}`);
}

async function persistentVolumeClaim(live: KubeObject, client: KubeClient): Promise<Verdict> {
  const phase = phaseOf(live);
  if (phase === "Bound") {
    return READY;
  }
  const className = live.spec?.["storageClassName"];
  if (phase === "Pending" && typeof className === "string" && className !== "") {
    const storageClass = await client.get("storage.k8s.io/v1", "StorageClass", undefined, className);
    // Kubernetes binds such a claim when a pod first uses it, which may come later.
    if (storageClass?.["volumeBindingMode"] === "WaitForFirstConsumer") {
      return READY;
    }
  }
  return waiting(`the claim is ${phase.toLowerCase()}`);
}

function pod(live: KubeObject): Verdict {
  const phase = phaseOf(live);
  if (phase === "Failed") {
    return failed((live.status?.["message"] as string | undefined) ?? "the pod failed");
  }
  if (phase === "Succeeded" || conditionOf(live, "Ready")?.status === "True") {
    return READY;
  }
  return waiting(`the pod ${troubleOf(live) ?? "is starting"}`);
}

/** Ready when none of its pods is unready. A Service without pods is no error. */
async function service(live: KubeObject, client: KubeClient): Promise<Verdict> {
  const { type, clusterIP } = { type: live.spec?.["type"], clusterIP: live.spec?.["clusterIP"] };
  if (type === "LoadBalancer") {
    const balancer = live.status?.["loadBalancer"];
    if (!isObject(balancer) || !Array.isArray(balancer["ingress"]) || balancer["ingress"].length === 0) {
      return waiting("no load balancer address yet");
    }
  }
  if (type === "ExternalName" || clusterIP === "None" || selectorOf(live) === undefined) {
    return READY;
  }
  const labelSelector = `kubernetes.io/service-name=${live.metadata.name}`;
  const slices = await client.list("discovery.k8s.io/v1", "EndpointSlice", live.metadata.namespace, { labelSelector });
  const endpoints = slices.flatMap((slice) => (slice["endpoints"] ?? []) as { conditions?: { ready?: boolean } }[]);
  const unready = endpoints.filter((endpoint) => endpoint.conditions?.ready === false).length;
  return unready === 0 ? READY : waiting(`${unready} of ${endpoints.length} of its pods are not ready`);
}

function ingress(live: KubeObject): Verdict {
  const balancer = live.status?.["loadBalancer"];
  return isObject(balancer) && Array.isArray(balancer["ingress"]) && balancer["ingress"].length > 0
    ? READY
    : waiting("no address yet");
}
