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
 * @throws {@link RefusedError} at the deadline, naming the missing ones.
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

/** How long a DNS server may be away, and restarting brokers may refuse connections, in milliseconds. */
const DNS_PATIENCE_MS = 60_000;
const RESTART_MS = 60_000;

/** Milliseconds that a connection may take. */
const CONNECT_MS = 3_000;

/**
 * Why certainly no broker runs, in words; undefined when one may. It follows kafkastack.RestartCheck: the name has no address, or all addresses
 * refuse connections for a minute, so that the machines are there and Kafka is not running on them. Silence is neither.
 *
 * @param restartMs - how long restarting brokers may refuse connections
 * @throws {@link RefusedError} when the name cannot be looked up.
 */
export async function whyNoneRuns(
  host: string,
  port: number,
  print: (line: string) => void,
  restartMs = RESTART_MS,
): Promise<string | undefined> {
  const deadline = Date.now() + restartMs;
  for (let said = false; ; said = true) {
    const addresses = await addressesOf(host);
    if (addresses.length === 0) return `${host} has no address`;
    if (!(await all(addresses, (address) => refuses(address, port)))) return undefined;
    const why = `nothing listens at ${host}:${port}`;
    if (Date.now() >= deadline) return why;
    if (!said) print(`Waiting up to ${restartMs / 1_000} s for brokers that restart: ${why}.`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const deadline = Date.now() + DNS_PATIENCE_MS;
  for (;;) {
    try {
      return (await lookup(host, { all: true })).map(({ address }) => address);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOTFOUND" || code === "ENODATA") return [];
      if (code !== "EAI_AGAIN" || Date.now() >= deadline) {
        throw new RefusedError(`The name ${host} cannot be looked up: ${(error as Error).message}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

const all = async <Each>(many: readonly Each[], holds: (each: Each) => Promise<boolean>): Promise<boolean> =>
  (await Promise.all(many.map(holds))).every(Boolean);

/** Whether an address refuses connections; any other failure is no answer. */
function refuses(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const end = (refused: boolean) => {
      socket.destroy();
      resolve(refused);
    };
    socket.on("connect", () => {
      end(false);
    });
    socket.on("timeout", () => {
      end(false);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      end(error.code === "ECONNREFUSED");
    });
  });
}
