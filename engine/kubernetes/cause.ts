/** Why an object is not ready: the latest warning about it or its pods. */
import type { KubeClient, KubeObject } from "./client";
import { selectorOf } from "./rules";

interface Involved {
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
}

/**
 * The latest Warning event about an object, its pods or its ReplicaSets since the object last changed: a quota that a Job's pod exceeds, a volume
 * that cannot be mounted, an image that cannot be pulled.
 *
 * @returns a sentence, or an empty string. A failed request counts as "nothing known", because the wait does not depend on it and asks again.
 */
export async function causeOf(client: KubeClient, object: KubeObject): Promise<string> {
  const { namespace, name, uid } = object.metadata;
  if (namespace === undefined) {
    return "";
  }
  try {
    const [events, pods] = await Promise.all([
      client.list("v1", "Event", namespace, { fieldSelector: "type=Warning" }),
      podsOf(client, object),
    ]);
    const unready = new Set(pods.filter((pod) => !isReady(pod)).map((pod) => pod.metadata.uid));
    const about = (involved: Involved) =>
      (involved.uid !== undefined && (involved.uid === uid || unready.has(involved.uid))) ||
      (involved.kind === "ReplicaSet" &&
        object.kind === "Deployment" &&
        involved.name?.startsWith(`${name}-`) === true);
    const since = changedAt(object);
    const [latest] = events
      .filter((event) => timeOf(event) >= since && about((event["involvedObject"] ?? {}) as Involved))
      // A failing probe while a server starts is the wait itself, not its cause.
      .filter((event) => event["reason"] !== "Unhealthy" && event["reason"] !== "BackOff")
      .sort((one, other) => timeOf(other) - timeOf(one));
    if (latest === undefined) {
      return "";
    }
    const involved = latest["involvedObject"] as Involved;
    return `${involved.kind ?? ""} ${involved.name ?? ""}: ${String(latest["reason"])}: ${String(latest["message"])}`;
  } catch {
    // The wait makes its own requests and reports their errors.
    return "";
  }
}

async function podsOf(client: KubeClient, object: KubeObject): Promise<KubeObject[]> {
  if (object.kind === "Pod") {
    return [object];
  }
  const labelSelector = object.kind === "PersistentVolumeClaim" ? undefined : selectorOf(object);
  return labelSelector === undefined ? [] : client.list("v1", "Pod", object.metadata.namespace, { labelSelector });
}

function isReady(pod: KubeObject): boolean {
  const conditions = (pod.status?.["conditions"] ?? []) as { type: string; status: string }[];
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

/** When an event last happened, in milliseconds; the versions of events keep this in different fields. */
function timeOf(event: KubeObject): number {
  const { lastTimestamp, eventTime, series } = event as {
    lastTimestamp?: string;
    eventTime?: string;
    series?: { lastObservedTime?: string };
  };
  const created = event.metadata["creationTimestamp"] as string | undefined;
  return Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? created ?? "") || 0;
}

/** When the specification last changed: older warnings are no cause. Events have whole seconds. */
function changedAt(object: KubeObject): number {
  const entries = (object.metadata.managedFields ?? []) as { time?: string; subresource?: string }[];
  const times = entries
    .filter(({ subresource }) => subresource !== "status")
    .map(({ time }) => Date.parse(time ?? "") || 0);
  return Math.max(0, ...times) - 1_000;
}
