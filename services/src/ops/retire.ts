import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Port of a server's health endpoint. */
const HEALTH_PORT = 8080;
const ANSWER_MS = 3_000;

/** A controller's own state: whether it has stopped rejoining the quorum by itself, and whether it follows a leader. */
export interface ControllerState {
  readonly retired: boolean;
  readonly follows: boolean;
  /** What the proof of the next order is about. @default it asks for none, as those of older versions */
  readonly challenge?: string | undefined;
}

/** An order to a controller: to restart and not to become a voter by itself, or to do so again. */
export type Order = "retire" | "return";

/** Whom an order is for, with the challenge of its last answer. */
export interface Ordered {
  readonly id: number;
  readonly host: string;
  readonly challenge?: string | undefined;
}

/** Asks a controller's health endpoint; undefined when it does not answer, or cannot retire. */
export async function controllerState(host: string): Promise<ControllerState | undefined> {
  const response = await ask(host, "/quorum");
  const report = response?.ok === true ? await response.text().catch(() => "") : "";
  const retired = /^retired=(true|false)$/m.exec(report)?.[1];
  if (retired === undefined) return undefined;
  const challenge = /^challenge=(\w+)$/m.exec(report)?.[1];
  return { retired: retired === "true", follows: !/^leader=-1$/m.test(report), challenge };
}

/**
 * Gives a controller an order. Its health endpoint has no TLS, so the key never leaves this process: what is sent proves that it is known here, for this order to this
 * controller (images/kafka/src/kafkastack/OrderKey.java).
 *
 * @param keyDirectory files of the Secret with the key. @default there are none, which is enough for controllers of older versions
 * @returns why the controller refuses; undefined when it does not, or does not answer
 */
export async function give(order: Order, to: Ordered, keyDirectory: string | undefined): Promise<string | undefined> {
  const { id, host, challenge } = to;
  let authorization: string | undefined;
  if (challenge !== undefined) {
    // Read each time: Kubernetes updates it while the pod runs.
    const key = await readKey(keyDirectory);
    if (key === undefined) {
      return "there is no key for it here: the Secret kafka-orders is missing, which the next `up` makes";
    }
    authorization = `Kafka-Stack ${createHmac("sha256", key).update(`POST /${order} ${id} ${challenge}`).digest("hex")}`;
  }
  const response = await ask(host, `/${order}`, {
    method: "POST",
    ...(authorization && { headers: { authorization } }),
  });
  if (response === undefined || response.ok) return undefined;
  return (await response.text().catch(() => "")).trim() || `it answers ${response.status}`;
}

async function readKey(directory: string | undefined): Promise<string | undefined> {
  if (directory === undefined) return undefined;
  const key = await readFile(join(directory, "key"), "utf8").catch(() => "");
  return key.trim() || undefined;
}

/**
 * Derives a server's name from another's: the names of a pool's servers end in ordinals, as in `controller-3.controller.kafka.svc`, in the order of
 * their ids.
 *
 * @returns undefined when the name has no ordinal.
 */
export function hostOf(id: number, other: { readonly id: number; readonly host: string }): string | undefined {
  const [, pool, ordinal, domain] = /^([^.]*-)(\d+)(\..*)?$/.exec(other.host) ?? [];
  if (pool === undefined) return undefined;
  return `${pool}${Number(ordinal) + id - other.id}${domain ?? ""}`;
}

async function ask(host: string, path: string, init: RequestInit = {}): Promise<Response | undefined> {
  try {
    return await fetch(`http://${host}:${HEALTH_PORT}${path}`, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
  } catch {
    return undefined;
  }
}
