import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import type { ClusterView } from "../kafka/client.js";
import type { Cluster } from "./cluster.js";
import { count } from "./format.js";
import { RefusedError } from "./refused.js";

/**
 * Waits until all of `ids` are registered and serving.
 *
 * @returns the cluster with all its topics
 * @throws {@link RefusedError} at the deadline, naming those that are missing.
 */
export async function waitForBrokers(
  cluster: Cluster,
  ids: readonly number[],
  waitMs: number,
  print: (line: string) => void,
): Promise<ClusterView> {
  const deadline = Date.now() + waitMs;
  for (let said = ""; ;) {
    const view = await cluster.describe();
    const missing = ids.filter((id) => !view.brokers.has(id));
    if (missing.length === 0) return view;
    const names = missing.join(", ");
    if (Date.now() >= deadline) {
      throw new RefusedError(
        `${count(missing.length, "broker")} did not come up within ${waitMs / 1_000} s: ${names}.`,
      );
    }
    if (names !== said) print(`Waiting for ${count(missing.length, "broker")}: ${names}.`);
    said = names;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Milliseconds for which a DNS server may be away, as while it is restarted. */
const DNS_PATIENCE_MS = 60_000;

/** True when DNS has no address for `host`: then nothing of it is running. Any other failure of DNS is thrown. */
export async function hasNoAddress(host: string): Promise<boolean> {
  const deadline = Date.now() + DNS_PATIENCE_MS;
  for (;;) {
    try {
      await lookup(host);
      return false;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOTFOUND" || code === "ENODATA") return true;
      if (code !== "EAI_AGAIN" || Date.now() >= deadline) {
        throw new RefusedError(`The name ${host} cannot be looked up: ${(error as Error).message}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

/** Milliseconds for an answer of one address. */
const CONNECT_MS = 3_000;

/** True when every address of `host` refuses to be connected to: the machines are there, and nothing of Kafka runs on them. No answer is not that. */
export async function nobodyListens(host: string, port: number): Promise<boolean> {
  let addresses: { readonly address: string }[];
  try {
    addresses = await lookup(host, { all: true });
  } catch {
    return false;
  }
  const refusals = await Promise.all(addresses.map(({ address }) => refuses(address, port)));
  return refusals.length > 0 && refusals.every((refused) => refused);
}

function refuses(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const end = (refused: boolean) => {
      socket.destroy();
      resolve(refused);
    };
    socket.once("connect", () => {
      end(false);
    });
    socket.once("timeout", () => {
      end(false);
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      end(code === "ECONNREFUSED");
    });
  });
}
