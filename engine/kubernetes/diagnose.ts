/** Explains why an object is not ready: its pods' events and last log lines. */
import type { KubeClient, KubeObject } from "./client";
import { containerStatuses, selectorOf } from "./rules";

const LOG_LINES = 15;
const EVENTS = 8;
const PODS = 3;

/**
 * Adds events and log lines to the reason.
 *
 * @param reason what is wrong, in a sentence
 */
export async function diagnose(client: KubeClient, object: KubeObject, reason: string): Promise<string> {
  try {
    const lines = [reason, ...(await eventLines(client, object))];
    const pods = await podsOf(client, object);
    for (const pod of pods.filter((one) => !isFine(one)).slice(0, PODS)) {
      if (pod !== object) {
        lines.push(...(await eventLines(client, pod)));
      }
      lines.push(...(await logLines(client, pod)));
    }
    return lines.join("\n");
  } catch (error) {
    return `${reason}\n    (no more could be found out: ${(error as Error).message})`;
  }
}

async function podsOf(client: KubeClient, object: KubeObject): Promise<KubeObject[]> {
  if (object.kind === "Pod") {
    return [object];
  }
  const labelSelector = selectorOf(object);
  if (labelSelector === undefined || object.kind === "PersistentVolumeClaim") {
    return [];
  }
  const pods = await client.list("v1", "Pod", object.metadata.namespace, { labelSelector });
  // Newest first: a Job's last attempt says most.
  return pods.sort((a, b) => createdAt(b).localeCompare(createdAt(a)));
}

function createdAt(object: KubeObject): string {
  return (object.metadata["creationTimestamp"] as string | undefined) ?? "";
}

function isFine(pod: KubeObject): boolean {
  const conditions = (pod.status?.["conditions"] ?? []) as { type: string; status: string }[];
  return (
    pod.status?.["phase"] === "Succeeded" || conditions.some((one) => one.type === "Ready" && one.status === "True")
  );
}

async function eventLines(client: KubeClient, object: KubeObject): Promise<string[]> {
  const { name, uid } = object.metadata;
  const namespace = object.metadata.namespace ?? "default";
  const fieldSelector = `involvedObject.name=${name}${uid === undefined ? "" : `,involvedObject.uid=${uid}`}`;
  const events = await client.list("v1", "Event", namespace, { fieldSelector });
  const lines = events
    .sort((a, b) => eventTime(a).localeCompare(eventTime(b)))
    .slice(-EVENTS)
    .map((event) => `    ${String(event["reason"])}: ${String(event["message"])}`);
  return lines.length === 0 ? [] : [`  Events of ${object.kind} ${name}:`, ...lines];
}

function eventTime(event: KubeObject): string {
  return (event["firstTimestamp"] as string | null | undefined) ?? createdAt(event);
}

async function logLines(client: KubeClient, pod: KubeObject): Promise<string[]> {
  const lines: string[] = [];
  for (const status of [
    ...containerStatuses(pod, "initContainerStatuses"),
    ...containerStatuses(pod, "containerStatuses"),
  ]) {
    const succeeded = status.state?.terminated?.exitCode === 0;
    const untouched = status.state?.waiting !== undefined && status.restartCount === 0;
    if (status.ready || succeeded || untouched) {
      continue;
    }
    const crashed = status.state?.waiting !== undefined && status.restartCount > 0;
    try {
      const text = (await client.logTail(pod, status.name, LOG_LINES, crashed)).trimEnd();
      if (text !== "") {
        lines.push(`  Last log lines of ${pod.metadata.name}, container ${status.name}:`);
        lines.push(...text.split("\n").map((line) => `    ${line}`));
      }
    } catch (error) {
      lines.push(
        `  The log of ${pod.metadata.name}, container ${status.name}, cannot be read: ${(error as Error).message}`,
      );
    }
  }
  return lines;
}
