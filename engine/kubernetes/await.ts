/** Waits until objects are ready or gone. */
import { Interrupted } from "../provider";
import { causeOf } from "./cause";
import { diagnose } from "./diagnose";
import type { KubeClient, KubeObject } from "./client";
import { Unreachable } from "./http";
import { ruleFor } from "./rules";

/** How to wait. */
export interface AwaitOptions {
  /** The limit, in seconds. */
  readonly timeout: number;
  /** Receives progress: what the wait is for. */
  readonly note: (line: string) => void;
  /** Abort it to end the wait. */
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 500;
const NOTE_EVERY_MS = 5_000;
/** Events are read less often than readiness: a healthy object has none. */
const CAUSE_EVERY_MS = 2_000;

/** What the real provider waits for at most, in seconds, whatever the resource's timeouts say (functions such as `untilCoreV1PersistentVolumeInitialized` in its awaiters.go). */
const PATIENCE_AT_MOST: Readonly<Record<string, number>> = { PersistentVolume: 300, PersistentVolumeClaim: 300 };

/** Seconds for which the real provider waits for an object of a kind to become ready. @param asked what the resource or the default asks for */
export function patienceFor(kind: string, asked: number): number {
  return Math.min(asked, PATIENCE_AT_MOST[kind] ?? asked);
}

/**
 * Waits until the object is ready by the rule of its kind.
 *
 * @returns the live object
 * @throws when it fails or does not become ready in time, with events and last log lines
 */
export async function awaitReady(client: KubeClient, applied: KubeObject, options: AwaitOptions): Promise<KubeObject> {
  const rule = ruleFor(applied);
  if (rule === undefined || applied.metadata.annotations?.["pulumi.com/skipAwait"] === "true") {
    return applied;
  }
  const { apiVersion, kind, metadata } = applied;
  const waiting = new Waiting(options);
  for (;;) {
    const live = await patiently(waiting, () => client.get(apiVersion, kind, metadata.namespace, metadata.name));
    if (live === undefined) {
      throw new Error("something else deleted it while the run waited for it");
    }
    const verdict = await patiently(waiting, () => rule(live, client));
    if (verdict.state === "ready") {
      return live;
    }
    if (verdict.state === "failed") {
      throw new Error(await diagnose(client, live, verdict.reason));
    }
    await waiting.look(() => causeOf(client, live));
    if (!(await waiting.pause(verdict.reason))) {
      throw new Error(await diagnose(client, live, `not ready after ${options.timeout} s: ${verdict.reason}`));
    }
  }
}

/** Waits until the object (the one with this `uid`, when given) is gone. @throws when it stays */
export async function awaitGone(
  client: KubeClient,
  object: KubeObject,
  options: AwaitOptions & { uid: string | undefined },
): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const waiting = new Waiting(options);
  for (;;) {
    const live = await patiently(waiting, () => client.get(apiVersion, kind, metadata.namespace, metadata.name));
    if (live === undefined || (options.uid !== undefined && live.metadata.uid !== options.uid)) {
      return;
    }
    const reason = await whatHolds(client, live);
    if (!(await waiting.pause(reason))) {
      throw new Error(`not gone after ${options.timeout} s: ${reason}`);
    }
  }
}

async function whatHolds(client: KubeClient, live: KubeObject): Promise<string> {
  if (live.kind === "Namespace") {
    const conditions = (live.status?.["conditions"] ?? []) as { type: string; status: string; message?: string }[];
    const holding = conditions.filter(
      (condition) => condition.status === "True" && /Remaining|Failure/.test(condition.type),
    );
    if (holding.length > 0) {
      return holding.map((condition) => condition.message ?? condition.type).join("; ");
    }
  }
  if (["Deployment", "StatefulSet", "Job", "DaemonSet"].includes(live.kind)) {
    const pods = await client.list("v1", "Pod", live.metadata.namespace);
    const own = pods
      .filter((pod) => pod.metadata.name.startsWith(`${live.metadata.name}-`))
      .map((pod) => pod.metadata.name);
    if (own.length > 0) {
      return `waiting for its pods to end (${own.join(", ")})`;
    }
  }
  if (live.kind === "PersistentVolumeClaim") {
    const pods = await client.list("v1", "Pod", live.metadata.namespace);
    const users = pods.filter((pod) => claimsOf(pod).includes(live.metadata.name)).map((pod) => pod.metadata.name);
    if (users.length > 0) {
      return `${users.join(", ")} uses it; it goes once that pod is deleted`;
    }
  }
  const finalizers = live.metadata.finalizers ?? [];
  return finalizers.length > 0 ? `held by its finalizers ${finalizers.join(", ")}` : "waiting for it to go";
}

/** The names of a pod's claims. */
function claimsOf(pod: KubeObject): string[] {
  const volumes = (pod.spec?.["volumes"] ?? []) as { persistentVolumeClaim?: { claimName: string } }[];
  return volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

/** Retries a request while the server does not answer. */
async function patiently<T>(waiting: Waiting, request: () => T | Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof Unreachable) || !(await waiting.pause(error.message))) {
        throw error;
      }
    }
  }
}

/** A wait with a deadline. It reports its reason now and then, and a new cause at once. */
class Waiting {
  private readonly started = Date.now();
  private noted = Date.now();
  private looked = Date.now();
  private cause = "";

  constructor(private readonly options: AwaitOptions) {}

  /** Looks for a cause now and then, and reports a new one. */
  async look(find: () => Promise<string>): Promise<void> {
    if (Date.now() - this.looked < CAUSE_EVERY_MS) {
      return;
    }
    this.looked = Date.now();
    const cause = await find();
    if (cause !== "" && cause !== this.cause) {
      this.options.note(cause);
    }
    this.cause = cause;
  }

  /** Pauses. @returns false when the time is up @throws Interrupted on an interruption */
  async pause(reason: string): Promise<boolean> {
    if (this.options.signal?.aborted === true) {
      throw new Interrupted(`interrupted: ${reason}`);
    }
    if (Date.now() - this.started > this.options.timeout * 1000) {
      return false;
    }
    if (Date.now() - this.noted >= NOTE_EVERY_MS) {
      this.noted = Date.now();
      this.options.note(reason);
    }
    await delay(POLL_MS, this.options.signal);
    return true;
  }
}

/** A pause that ends early on an interruption. */
export async function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
  });
}
