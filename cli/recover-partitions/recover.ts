import { beginnings, elections, misnamed } from "./plan";
import { type Access, begin, makeLeaders, type Survey, survey } from "./servers";
import type { Offline, Server } from "./survey";

/** How long servers that were told to begin may take until they run, in milliseconds. */
const BEGIN_MS = 600_000;

/** What a person asks for; without either nothing is changed. */
export interface Options {
  /** Whether partitions without a leader get one. @default no */
  readonly elect?: boolean;
  /** Node ids of the servers whose disks are lost for good. @default none */
  readonly lost?: readonly number[];
}

/**
 * Reports partitions without a leader and where each copy ends; makes the most complete copies leaders, and lets servers with lost disks begin empty, where it is asked to.
 *
 * @returns the exit code: 0 when nothing is missing any more, 1 when something is refused, 2 when a person has to decide
 */
export async function recover(access: Access, options: Options, print: (line: string) => void): Promise<number> {
  const { elect = false, lost = [] } = options;
  const found = await survey(access);
  report(found, print);
  const wrong = misnamed(found.servers, lost, elect);
  wrong.forEach(print);
  if (wrong.length > 0) return 1;
  if (!elect && lost.length === 0) return advise(found, print);
  const elected = elect ? await carryOut(access, found, lost, print) : 0;
  if (lost.length === 0) return elected;
  // Servers begin by themselves when others lead all that they have lost.
  const now = elect ? await survey(access) : found;
  const began = await letBegin(access, now, lost, print);
  // What had to wait for their beginning may have a leader by now.
  const settled = began === 0 && elected !== 0 && (await survey(access)).cluster?.offline.length === 0;
  return settled ? 0 : Math.max(elected, began);
}

function report({ cluster, silence, servers }: Survey, print: (line: string) => void): void {
  for (const server of servers) print(`${server.name}: ${stateOf(server)}`);
  if (!cluster) {
    print(
      `No broker answers which partitions have no leader (${silence}). Without a quorum none can: see \`npm run ops -- recover-quorum\`.`,
    );
    return;
  }
  for (const partition of cluster.offline) {
    print(`${partition.name} has no leader:`);
    for (const id of partition.replicas) {
      const sync = partition.trusted.includes(id) ? ", in sync last" : "";
      print(
        `  ${servers.find((each) => each.id === id)?.name ?? `broker-${id}`}: ${copyOf(partition, id, servers)}${sync}`,
      );
    }
  }
}

function stateOf({ runs, waits, disks }: Server): string {
  if (runs) return "runs";
  if (waits) return "waits, because it has lost copies with a disk";
  return typeof disks === "string" ? `does not answer (${disks})` : "does not run";
}

function copyOf({ name }: Offline, id: number, servers: readonly Server[]): string {
  const server = servers.find((each) => each.id === id);
  if (!server) return "not a server of this stack";
  if (typeof server.disks === "string") return `not known (${server.disks})`;
  const copy = server.disks.copies.get(name);
  if (!copy) return server.waits ? "lost" : "no copy";
  return copy.end === 0 ? "empty" : `up to offset ${copy.end} of epoch ${copy.epoch}`;
}

/** Says what can be done, and how. */
function advise({ cluster, servers }: Survey, print: (line: string) => void): number {
  const waiting = servers.filter(({ waits }) => waits);
  if (cluster?.offline.length === 0) {
    print("Every partition has a leader.");
    if (waiting.length > 0)
      print(`${names(waiting)} needs no order: it begins by itself, and copies from the leaders.`);
    return 0;
  }
  const plan = elections(cluster?.offline ?? [], servers, []);
  for (const { partition, costs } of plan.elections) print(`${partition.name}: ${costs.join(" ")}`);
  plan.refused.forEach(print);
  const elected = new Set(plan.elections.map(({ partition }) => partition.name));
  const ids = waiting.map(({ id }) => id);
  const left = cluster?.offline.filter(({ name }) => !elected.has(name));
  const after = beginnings(left, servers, ids);
  if (ids.length > 0 || !cluster) after.refused.forEach(print);
  print("Nothing was changed.");
  if (elected.size > 0) print("To make the most complete copies leaders: npm run ops -- recover-partitions --elect");
  if (after.servers.length > 0 && after.gone.length > 0 && after.refused.length === 0) {
    print(
      `No copy is left of ${after.gone.join(", ")}. If the disks of ${names(waiting)} never come back, begin with what is left: ${commandFor(elected.size > 0, ids)}`,
    );
  }
  return 2;
}

/** The command that lets servers begin with empty copies. */
export const commandFor = (elect: boolean, lost: readonly number[]): string =>
  `npm run ops -- recover-partitions${elect ? " --elect" : ""} --lost ${lost.join(",")}`;

async function carryOut(
  access: Access,
  { cluster, servers }: Survey,
  lost: readonly number[],
  print: (line: string) => void,
): Promise<number> {
  if (!cluster) return 1;
  if (cluster.offline.length === 0) print("Every partition has a leader: none is elected.");
  const plan = elections(cluster.offline, servers, lost);
  plan.refused.forEach(print);
  if (plan.elections.length === 0) return plan.refused.length > 0 ? 1 : 0;
  for (const { partition, costs } of plan.elections) print(`${partition.name}: ${costs.join(" ")}`);
  const failed = await makeLeaders(access, plan.elections);
  for (const { partition, leader } of plan.elections) {
    const why = failed.get(partition.name);
    print(
      why === undefined
        ? `${leader.name} leads ${partition.name}.`
        : `${partition.name} is not led by ${leader.name}: ${why}.`,
    );
  }
  return plan.refused.length + failed.size > 0 ? 1 : 0;
}

async function letBegin(
  access: Access,
  { cluster, servers }: Survey,
  lost: readonly number[],
  print: (line: string) => void,
): Promise<number> {
  const plan = beginnings(cluster?.offline, servers, lost);
  if (plan.refused.length > 0) {
    plan.refused.forEach(print);
    print("No server was told to begin with empty copies.");
    return 1;
  }
  if (plan.servers.length === 0) return 0;
  if (plan.gone.length > 0) print(`The records of ${plan.gone.join(", ")} are gone: no copy is left.`);
  await begin(access, plan.servers, BEGIN_MS);
  print(
    `${names(plan.servers)} ${plan.servers.length === 1 ? "runs" : "run"}, and began with empty copies; \`npm run ops -- status\` says how far they are.`,
  );
  // Kafka elects a last known leader only at the moment at which it comes back, and may miss it.
  const now = await survey(access);
  const gone = now.cluster?.offline.filter(({ name }) => cluster === undefined || plan.gone.includes(name)) ?? [];
  if (now.cluster === undefined || gone.length === 0) return 0;
  return carryOut(access, { ...now, cluster: { ...now.cluster, offline: gone } }, lost, print);
}

const names = (servers: readonly { readonly name: string }[]): string => servers.map(({ name }) => name).join(", ");
