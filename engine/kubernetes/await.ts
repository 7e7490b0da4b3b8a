/** Waits until objects are ready or gone. */
import { GaveUp, notYet, NotYet, until } from "kafka-stack-waiting";
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
  const notes = new Notes(options.note);
  let seen: KubeObject | undefined;
  const ready = async (): Promise<KubeObject | NotYet> => {
    const live = await client.get(apiVersion, kind, metadata.namespace, metadata.name);
    if (live === undefined) throw new Error("something else deleted it while the run waited for it");
    const verdict = await rule(live, client);
    if (verdict.state === "ready") return live;
    if (verdict.state === "failed") throw new Error(await diagnose(client, live, verdict.reason));
    seen = live;
    await notes.look(() => causeOf(client, live));
    return notYet(verdict.reason);
  };
  return patiently(ready, notes, options, (reason) => {
    const text = `not ready after ${options.timeout} s: ${reason}`;
    return seen === undefined ? text : diagnose(client, seen, text);
  });
}

/** Waits until the object (the one with this `uid`, when given) is gone. @throws when it stays */
export async function awaitGone(
  client: KubeClient,
  object: KubeObject,
  options: AwaitOptions & { uid: string | undefined },
): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const gone = async (): Promise<true | NotYet> => {
    const live = await client.get(apiVersion, kind, metadata.namespace, metadata.name);
    if (live === undefined || (options.uid !== undefined && live.metadata.uid !== options.uid)) return true;
    return notYet(await whatHolds(client, live));
  };
  await patiently(gone, new Notes(options.note), options, (reason) => `not gone after ${options.timeout} s: ${reason}`);
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

/** Waits, also while the server does not answer. @throws Interrupted on an interruption, and the last failure to reach the server when there was no answer to the end */
async function patiently<T extends object | true>(
  condition: () => Promise<T | NotYet>,
  notes: Notes,
  { timeout, signal }: AwaitOptions,
  late: (reason: string) => string | Promise<string>,
): Promise<T> {
  const look = async () => {
    try {
      const found = await condition();
      if (found instanceof NotYet && signal?.aborted !== true) notes.tell(String(found.why));
      return found;
    } catch (error) {
      if (error instanceof Unreachable) notes.tell(error.message);
      throw error;
    }
  };
  const despite = (error: unknown) => error instanceof Unreachable;
  try {
    return await until(look, { what: "it is so", timeout: timeout * 1000, interval: POLL_MS, signal, despite, late });
  } catch (error) {
    if (!(error instanceof GaveUp)) throw error;
    if (error.interrupted) throw new Interrupted(`interrupted: ${error.why}`);
    throw error.cause instanceof Unreachable ? error.cause : new Error(error.message);
  }
}

/** Tells what a wait is for: its reason now and then, and a new cause at once. */
class Notes {
  private noted = Date.now();
  private looked = Date.now();
  private cause = "";

  constructor(private readonly note: (line: string) => void) {}

  /** Looks for a cause now and then, and reports a new one. */
  async look(find: () => Promise<string>): Promise<void> {
    if (Date.now() - this.looked < CAUSE_EVERY_MS) return;
    this.looked = Date.now();
    const cause = await find();
    if (cause !== "" && cause !== this.cause) this.note(cause);
    this.cause = cause;
  }

  /** Reports the reason now and then. */
  tell(reason: string): void {
    if (Date.now() - this.noted < NOTE_EVERY_MS) return;
    this.noted = Date.now();
    this.note(reason);
  }
}
