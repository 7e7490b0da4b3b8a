import { randomBytes } from "node:crypto";
import type { Copy, Disk, Server } from "./survey";

/** The names that a recovery was asked for with; none of them is guessed. */
export interface Named {
  /** The server whose copy is taken. */
  readonly from?: string | undefined;
  /** The controllers whose disks are lost for good. */
  readonly lost?: readonly string[] | undefined;
  /** Brokers that cannot be asked, and are gone for good. */
  readonly without?: readonly string[] | undefined;
}

/** A recovery that can be done. */
export interface Plan {
  readonly from: Server;
  readonly copy: Copy;
  /** The controllers that get the copy. */
  readonly lost: readonly Server[];
  /** Directory ids of all voters afterwards, by node id. */
  readonly voters: ReadonlyMap<number, string>;
  /** Later than every epoch that a server has seen. */
  readonly epoch: number;
}

/** Why nothing is done, for people; or the plan, and whether it was asked for by name. */
export type Judgement =
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "unnamed"; readonly plan: Plan; readonly why: string | undefined }
  | { readonly kind: "agreed"; readonly plan: Plan };

interface Asked extends Server {
  readonly disk: Disk;
}

/**
 * Decides whether a quorum can be recovered, and how.
 *
 * A recovery is safe when no majority of the voters can ever come back, because then no second leader is elected. So every controller must answer, and most of them must have lost their
 * metadata. The most complete copy is used, so that no server has metadata that the quorum lacks.
 *
 * @param fixed whether directories of controllers are derived, as with Kafka 3.
 */
export function judge(servers: readonly Server[], fixed: boolean, named: Named): Judgement {
  const refused = (why: string): Judgement => ({ kind: "refused", why });
  const without = named.without ?? [];
  const silent = servers.filter(({ disk }) => typeof disk === "string");
  const said = servers.filter((server): server is Asked => typeof server.disk !== "string");

  const unknown = [...without, ...(named.lost ?? []), ...(named.from === undefined ? [] : [named.from])].find(
    (name) => !servers.some((server) => server.name === name),
  );
  if (unknown !== undefined) return refused(`There is no server ${unknown} in this stack.`);
  const needless = without.find((name) => !silent.some((server) => server.name === name && !server.controller));
  if (needless !== undefined) {
    return refused(`${needless} cannot be left out: only a broker can be that does not answer.`);
  }
  const awaited = silent.filter(({ name }) => !without.includes(name));
  const controllers = awaited.filter(({ controller }) => controller);
  if (controllers.length > 0) {
    return refused(
      `${tell(controllers)}. A controller that is not asked may have its disk still, and come back with it. Start it; if its disk is lost for good, give it an empty volume.`,
    );
  }
  if (awaited.length > 0) {
    return refused(
      `${tell(awaited)}. It may have the most complete copy of the metadata. Start it; if it is gone for good, name it: --without ${names(awaited)}.`,
    );
  }

  const copies = said.filter(({ disk }) => disk.copy !== undefined);
  const best = copies.reduce<Asked | undefined>((most, next) => (more(next, most) > 0 ? next : most), undefined);
  if (best === undefined) {
    return refused(
      "No server has a copy of the metadata, so there is nothing to recover from. See docs/operations.md, “When the metadata is lost”.",
    );
  }
  const chosen = said.find(({ name }) => name === named.from);
  if (chosen && more(chosen, best) < 0) {
    return refused(
      `${chosen.name} has not the most complete copy of the metadata: ${best.name} has, up to ${where(best.disk.copy)}.`,
    );
  }
  const from = chosen ?? best;
  const { copy } = from.disk;
  if (copy === undefined) return refused(`${from.name} has no copy of the metadata.`);
  if (copy.voters.size === 0) return refused(`The copy of ${from.name} does not say who the voters were.`);

  const voters = said.filter(({ id, controller }) => controller && copy.voters.has(id));
  if (voters.length < copy.voters.size) {
    return refused(
      `The quorum had the voters ${[...copy.voters.keys()].join(", ")}, and not all of them are controllers of this stack now: set the number of controllers back to what it was first.`,
    );
  }
  const keeps = ({ id, disk }: Asked) => disk.knows === "quorum" && disk.directory === copy.voters.get(id);
  const lost = voters.filter((voter) => !keeps(voter));
  const kept = voters.filter(keeps);
  if (kept.length > voters.length / 2) {
    return refused(
      `${names(kept)} of ${voters.length} voters still ${kept.length === 1 ? "has its" : "have their"} metadata: a majority, which elects a leader by itself. There is nothing to recover; \`kubectl get pods\` and the pods' logs say what keeps them from it.`,
    );
  }

  const directoryOf = (voter: Asked): string => {
    if (fixed || keeps(voter)) return copy.voters.get(voter.id) ?? "";
    return voter.disk.directory === "" ? newDirectory() : voter.disk.directory;
  };
  const plan: Plan = {
    from,
    copy,
    lost,
    voters: new Map(voters.map((voter) => [voter.id, directoryOf(voter)])),
    epoch: 1 + Math.max(...said.map(({ disk }) => Math.max(disk.epoch, disk.copy?.epoch ?? 0))),
  };
  if (named.from === undefined || named.lost === undefined) return { kind: "unnamed", plan, why: undefined };
  if (!same(named.lost, lost)) {
    return { kind: "unnamed", plan, why: `The controllers that have lost their disks are ${names(lost)}.` };
  }
  return { kind: "agreed", plan };
}

/** The command that starts a plan. */
export const commandFor = ({ from, lost }: Plan, { without = [] }: Named): string =>
  `npm run ops -- recover-quorum --from ${from.name} --lost ${lost.map(({ name }) => name).join(",")}${without.length > 0 ? ` --without ${without.join(",")}` : ""}`;

/** What a recovery costs, a paragraph each. */
export function costs({ from, copy, lost }: Plan): string[] {
  const time = copy.written > 0 ? `, written at ${new Date(copy.written).toISOString()}` : "";
  return [
    `The most complete copy of the metadata is that of ${from.name}: it ends at ${where(copy)}${time}.`,
    "What the controllers agreed on after that record, and no server that was asked had copied, is forgotten: topics that were made, deleted or changed, settings, ACLs, users, moved replicas. " +
      "Controllers write at least two records a second, so it is what happened between that time and the loss of the majority.",
    "Where a replica left the in-sync replicas of a partition in that time, it counts as in sync again: if it becomes the leader, records that it does not have are lost. " +
      "A topic that was made in that time is unknown: the brokers set its partitions aside.",
    `${lost.map(({ name }) => name).join(", ")} get that copy and vote with it. What is on their volumes now is laid beside it, in before-recovery-…; nothing is deleted. ` +
      "The disks that they have lost must never be given back to them.",
  ];
}

/** Above 0 when one has more than the other. */
function more(one: Asked, other: Asked | undefined): number {
  const [mine, its] = [one.disk.copy, other?.disk.copy];
  if (!mine || !its) return Number(mine !== undefined) - Number(its !== undefined);
  return mine.epoch - its.epoch || mine.end - its.end;
}

const where = (copy: Copy | undefined): string => (copy ? `offset ${copy.end} of epoch ${copy.epoch}` : "nothing");

const names = (servers: readonly Server[]): string => servers.map(({ name }) => name).join(", ");

const tell = (servers: readonly Server[]): string =>
  servers.map(({ name, disk }) => `${name} does not answer (${typeof disk === "string" ? disk : ""})`).join("; ");

const same = (one: readonly string[], other: readonly Server[]): boolean =>
  one.length === other.length && other.every(({ name }) => one.includes(name));

/** 16 bytes as base64url, as Kafka writes its ids: none of its reserved ones, and none that looks like an option. */
function newDirectory(): string {
  for (;;) {
    const id = randomBytes(16).toString("base64url");
    if (!id.startsWith("-")) return id;
  }
}
