import type { Copy, Offline, Server } from "./survey";

/** A leader for a partition that has none. */
export interface Election {
  readonly partition: Offline;
  /** The server with the most complete copy. */
  readonly leader: Server;
  /** Its copy; null when no server has records of the partition. */
  readonly copy: Copy | null;
  /** The replicas in the order in which Kafka elects this leader. */
  readonly order: readonly number[];
  /** What it costs, a sentence each. */
  readonly costs: readonly string[];
}

/** What can be elected, and why the rest cannot. */
export interface Elections {
  readonly elections: readonly Election[];
  /** A sentence for each partition. */
  readonly refused: readonly string[];
}

/** Which servers may begin with empty copies, or why none of them may. */
export interface Beginnings {
  readonly servers: readonly Server[];
  /** Partitions of which no copy is left: they begin empty. */
  readonly gone: readonly string[];
  /** Why none begins, a sentence each; empty when all may. */
  readonly refused: readonly string[];
}

/** A replica, and what is known of it. */
interface Replica {
  readonly id: number;
  readonly name: string;
  /** The server; undefined when the stack has none with this id. */
  readonly server: Server | undefined;
  /** Its copy; null when it has none; undefined when nobody knows. */
  readonly copy: Copy | null | undefined;
  /** Why nobody knows. */
  readonly silence: string;
  /** Whether a person has said that its disk is lost. */
  readonly declared: boolean;
}

/**
 * Why servers cannot be declared lost.
 *
 * @param lost their node ids
 * @param elect whether leaders are elected too: only then a server that does not answer can be left out
 */
export function misnamed(servers: readonly Server[], lost: readonly number[], elect: boolean): string[] {
  return lost.flatMap((id) => {
    const server = servers.find((each) => each.id === id);
    if (!server) return elect ? [] : [`This stack has no broker ${id}.`];
    const { name, runs, disks } = server;
    if (runs) return [`The disk of ${name} is not lost: it runs.`];
    if (server.waits) return [];
    if (typeof disks !== "string") {
      return [`${name} answers, and does not wait for a lost disk: its log says what it does.`];
    }
    return elect
      ? []
      : [
          `${name} does not answer (${disks}): only a server that waits can begin with empty copies. Start it, with an empty volume if its disk is lost.`,
        ];
  });
}

/**
 * Decides who leads each partition without a leader: the running server with the most complete copy. The others follow it and truncate their logs to it. So a partition gets no leader while a
 * server that is not declared lost does not say what it has, or while a stopped server has more records.
 *
 * @param lost node ids of servers whose disks are declared lost.
 */
export function elections(offline: readonly Offline[], servers: readonly Server[], lost: readonly number[]): Elections {
  const judged = offline.map((partition) => elect(partition, replicasOf(partition, servers, lost)));
  return {
    elections: judged.filter((each) => typeof each !== "string"),
    refused: judged.filter((each) => typeof each === "string"),
  };
}

function elect(partition: Offline, replicas: readonly Replica[]): Election | string {
  const { name } = partition;
  // One that waits for a lost disk may have a copy on another one: that disk is not declared lost.
  const silent = replicas.filter(
    ({ copy, declared, server }) => copy === undefined && !(declared && server?.waits !== true),
  );
  if (silent.length > 0) {
    const ids = silent.filter(({ server }) => server?.runs !== true && server?.waits !== true).map(({ id }) => id);
    const advice =
      ids.length > 0
        ? `Start it; if its disk is lost for good, name it: --elect --lost ${ids.join(",")}.`
        : "Its log says why.";
    return `${name}: ${silent.map(silence).join("; ")}. It may have the most complete copy. ${advice}`;
  }
  const best = replicas.reduce<Copy | null>(
    (most, { copy }) => (holds(copy) && more(copy, most) > 0 ? copy : most),
    null,
  );
  const able = replicas.filter(
    ({ server, copy }) => server?.runs === true && (best ? holds(copy) && more(copy, best) === 0 : true),
  );
  const leader = able[0]?.server;
  if (best === null) {
    const others = replicas.filter(({ server, declared }) => server?.runs !== true && !declared);
    const waiting = others.filter(({ server }) => server?.waits === true);
    if (waiting.length > 0) {
      return `${name}: no server has a record of it, and the disk of ${names(waiting)} is lost. It is gone unless that disk comes back; --lost ${waiting.map(({ id }) => id).join(",")} lets it begin empty.`;
    }
    if (others.length > 0) return `${name}: no server has a record of it. Wait until ${names(others)} runs.`;
    if (!leader)
      return `${name}: no server has a record of it, and none of its servers runs: it begins empty when they do.`;
  } else if (!leader) {
    const holders = replicas.filter(({ copy }) => holds(copy) && more(copy, best) === 0);
    const waits = holders.every(({ server }) => server?.waits === true);
    return `${name}: the most complete copy is that of ${names(holders)}, up to ${where(best)}, and it does not run. ${
      waits
        ? `It waits for another disk that it lost: --lost ${holders.map(({ id }) => id).join(",")} lets it begin without that, and keeps this copy.`
        : "Wait until it does; its log says what keeps it from it."
    }`;
  }
  return {
    partition,
    leader,
    copy: best,
    order: orderOf(partition, leader.id),
    costs: costsOf(partition, replicas, leader, best),
  };
}

function costsOf({ trusted }: Offline, replicas: readonly Replica[], leader: Server, best: Copy | null): string[] {
  const missing = replicas.filter(
    ({ copy, declared, server }) => copy === undefined || (copy === null && (declared || server?.waits === true)),
  );
  const inSync = missing.filter(({ id }) => trusted.includes(id));
  const end = best?.end ?? 0;
  const longer = replicas.filter(({ copy }) => holds(copy) && copy.end > end);
  return [
    best
      ? `${leader.name} has the most complete copy that is left, up to ${where(best)}.`
      : `No server has a record of it: ${leader.name} begins it empty.`,
    ...(inSync.length > 0
      ? [
          `${names(inSync)} was in sync last, and its copy is lost: acknowledged records that only it had are gone, from offset ${end} on. How many is not known.`,
        ]
      : missing.length > 0
        ? [`The copy of ${names(missing)} is lost, and was not among those in sync last.`]
        : []),
    ...longer.map(
      ({ name, copy }) =>
        `${name} ends later, at ${where(copy ?? null)}, but in an earlier epoch: it cuts off what the leader does not have.`,
    ),
  ];
}

/**
 * Decides which servers may begin with empty copies. Kafka takes such a copy for what it was before, so none may begin that could become the leader of a partition while another server
 * has records of it, or may have.
 *
 * @param offline the partitions that have no leader now; undefined when no broker runs that could say so
 * @param lost node ids of the servers
 */
export function beginnings(
  offline: readonly Offline[] | undefined,
  servers: readonly Server[],
  lost: readonly number[],
): Beginnings {
  const beginning = servers.filter((server) => lost.includes(server.id) && server.waits);
  if (offline === undefined) {
    if (
      servers.every((server) => beginning.includes(server) && typeof server.disks !== "string" && !server.disks.used)
    ) {
      return { servers: beginning, gone: ["all partitions of the cluster"], refused: [] };
    }
    const why =
      "No broker runs that could say which partitions have no leader, so nobody knows what would be lost. Bring back one that has its disk; when all of them are lost, name all brokers.";
    return { servers: [], gone: [], refused: [why] };
  }
  const [gone, refused] = [new Set<string>(), new Set<string>()];
  for (const server of beginning) {
    for (const partition of offline) {
      if (!partition.replicas.includes(server.id)) continue;
      const replicas = replicasOf(partition, servers, lost);
      const own = replicas.find(({ id }) => id === server.id)?.copy;
      if (own === undefined) {
        refused.add(
          `${server.name} does not say what it has of ${partition.name}: it may have records on another disk.`,
        );
        continue;
      }
      // Its copy is on another disk; or nobody takes it for one that was in sync.
      if (holds(own) || !(partition.unclean || partition.trusted.includes(server.id))) continue;
      const why = dangers(
        partition,
        server,
        replicas.filter(({ id }) => id !== server.id),
      );
      if (why === undefined) gone.add(partition.name);
      else refused.add(why);
    }
  }
  return { servers: beginning, gone: [...gone], refused: [...refused] };
}

/** Why a server may not begin with an empty copy of a partition. */
function dangers({ name }: Offline, server: Server, others: readonly Replica[]): string | undefined {
  const holders = others.filter(({ copy }) => holds(copy));
  const silent = others.filter(({ copy, declared }) => copy === undefined && !declared);
  const waiting = others.filter(
    ({ copy, declared, server: other }) => copy === null && !declared && other?.waits === true,
  );
  const empty = `Kafka would make the empty copy of ${server.name} the leader of ${name}`;
  if (holders.some(({ server: other }) => other?.runs)) {
    return `${empty}, and ${names(holders)} has records of it: give it a leader first, with --elect.`;
  }
  if (holders.length > 0) {
    const stuck = holders.every(({ server: other }) => other?.waits === true);
    return `${empty}, and ${names(holders)} has records of it and does not run. ${
      stuck
        ? `It waits for a lost disk as well: let it begin first, with --lost ${holders.map(({ id }) => id).join(",")}, and elect it. If that is refused because of ${server.name}, each has what the other needs: give one of them its disk back.`
        : "Wait until it does, and give it the lead with --elect."
    }`;
  }
  if (silent.length > 0) return `${empty}, and others may have records of it: ${silent.map(silence).join("; ")}.`;
  if (waiting.length > 0) {
    return `No copy of ${name} is left, and ${names(waiting)} has lost its disk too: name all of them, --lost ${[server, ...waiting].map(({ id }) => id).join(",")}, when none of these disks comes back.`;
  }
  return undefined;
}

/**
 * The order of a partition's replicas in which Kafka elects this leader, with the same replicas as before. A move goes on with its target; one that takes the partition away from the new leader is
 * undone.
 */
export function orderOf({ replicas, adding, removing }: Offline, leader: number): number[] {
  const leaving = removing.includes(leader) ? adding : removing;
  return [leader, ...replicas.filter((id) => id !== leader && !leaving.includes(id))];
}

function replicasOf(partition: Offline, servers: readonly Server[], lost: readonly number[]): Replica[] {
  return partition.replicas.map((id) => {
    const server = servers.find((each) => each.id === id);
    const disks = server?.disks ?? "the stack has no such broker";
    const declared = lost.includes(id);
    const name = server?.name ?? `broker-${id}`;
    if (typeof disks === "string") return { id, name, server, copy: undefined, silence: disks, declared };
    return { id, name, server, copy: disks.copies.get(partition.name), silence: "it was not asked", declared };
  });
}

/** Above 0 when the first copy is more complete. A later epoch counts more than a later offset: a leader of that epoch truncates what others have of earlier ones. */
const more = (one: Copy, other: Copy | null): number =>
  other === null ? 1 : one.epoch - other.epoch || one.end - other.end;

const holds = (copy: Copy | null | undefined): copy is Copy => copy !== null && copy !== undefined && copy.end > 0;

const where = (copy: Copy | null): string => (copy ? `offset ${copy.end} of epoch ${copy.epoch}` : "nothing");

const silence = ({ name, silence: why }: Replica): string => `${name} does not answer (${why})`;

const names = (replicas: readonly { readonly name: string }[]): string => replicas.map(({ name }) => name).join(", ");
