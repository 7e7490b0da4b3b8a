import { formatBytes } from "../format.js";
import { type LogDirs, partitionKey } from "../log-dirs.js";
import { addedReplicas, type PlanChange } from "../plan/types.js";
import { RefusedError } from "../refused.js";

/** Percent of a disk that moves may fill: Cruise Control's `disk.capacity.threshold` is 0.8. */
export const DEFAULT_DISK_LIMIT = 80;

/**
 * Bytes that a disk takes of one move however full it is, up to {@link SMALL_LIMIT}: small topics, such as Kafka's own, have to have a place also where
 * a broker shares its file system with other things, as on one machine's disk. 64 MiB are less than one segment of Kafka's logs.
 */
export const SMALL_BYTES = 64 * 2 ** 20;

/** Percent of a disk that {@link SMALL_BYTES} may fill; the limit where that is higher. Kubernetes evicts pods from nodes that have less than 10 or 5 % left. */
export const SMALL_LIMIT = 95;

/** What brokers have on their disks. One that did not answer is missing. */
export type Disks = ReadonlyMap<number, LogDirs>;

/** What a change does to disks. */
export interface Copy {
  readonly change: PlanChange;
  readonly key: string;
  /** Bytes of one complete replica. */
  readonly bytes: number;
  /** The brokers that get a replica, and the bytes that it lacks. */
  readonly added: readonly { readonly broker: number; readonly bytes: number }[];
  /** The brokers that lose one. */
  readonly removed: readonly number[];
}

/** Why a replica has no room: the disk, its state at that moment, and the bytes that the replica lacks. */
export interface Lack {
  readonly copy: Copy;
  readonly broker: number;
  readonly path: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly bytes: number;
}

/** An answer about disks is missing without which nothing can be decided. It may come yet. */
export class NoAnswerError extends RefusedError {
  /** @param broker - who did not answer, or not completely */
  constructor(
    readonly broker: number,
    message: string,
  ) {
    super(message);
  }
}

interface Disk {
  readonly path: string;
  /** Undefined where the broker cannot tell: such a disk has room for everything. */
  readonly totalBytes: number | undefined;
  usedBytes: number;
  /** What was put on it, without what was taken away. */
  addedBytes: number;
  replicas: number;
  readonly sizes: ReadonlyMap<string, number>;
}

/**
 * What disks hold while replicas are copied and removed, counted in advance. What a file system keeps for itself counts as used. Brokers that share a
 * disk, as on one NFS export, are counted one by one: Kafka does not tell that they do.
 */
export class Room {
  readonly #limit: number;
  readonly #disks: ReadonlyMap<number, readonly Disk[]>;

  /** @param diskLimit - percent of a disk that may be used */
  constructor(disks: Disks, diskLimit: number) {
    this.#limit = diskLimit / 100;
    this.#disks = new Map(
      [...disks].map(([broker, { directories }]) => [
        broker,
        directories.map(({ path, disk, sizes }) => ({
          path,
          totalBytes: disk?.totalBytes,
          usedBytes: disk ? disk.totalBytes - disk.usableBytes : 0,
          addedBytes: 0,
          replicas: sizes.size,
          sizes,
        })),
      ]),
    );
  }

  /** The first of a change's new replicas that has no room now. A disk above the limit has room for {@link SMALL_BYTES} in all. */
  lackOf(copy: Copy): Lack | undefined {
    for (const { broker, bytes } of copy.added) {
      const disk = this.#receiving(broker, copy.key);
      if (bytes === 0 || disk?.totalBytes === undefined) continue;
      const { path, totalBytes, usedBytes } = disk;
      const after = usedBytes + bytes;
      if (after <= totalBytes * this.#limit) continue;
      const small = disk.addedBytes + bytes <= SMALL_BYTES;
      if (small && after <= totalBytes * Math.max(this.#limit, SMALL_LIMIT / 100)) continue;
      return { copy, broker, path, totalBytes, usedBytes, bytes };
    }
    return undefined;
  }

  /** Puts a change's new replicas on their disks. */
  fill({ key, added }: Copy): void {
    for (const { broker, bytes } of added) {
      const disk = this.#receiving(broker, key);
      if (disk === undefined) continue;
      disk.usedBytes += bytes;
      disk.addedBytes += bytes;
      if (!disk.sizes.has(key)) disk.replicas += 1;
    }
  }

  /** Counts towards {@link SMALL_BYTES} what an earlier change of the same move has put on disks. */
  remember({ key, added }: Copy): void {
    for (const { broker } of added) {
      const disk = this.#disks.get(broker)?.find(({ sizes }) => sizes.has(key));
      if (disk !== undefined) disk.addedBytes += disk.sizes.get(key) ?? 0;
    }
  }

  /** Takes away the replicas that a finished change leaves behind. */
  release({ key, removed }: Copy): void {
    for (const broker of removed) {
      const disk = this.#disks.get(broker)?.find(({ sizes }) => sizes.has(key));
      if (disk === undefined) continue;
      disk.usedBytes -= disk.sizes.get(key) ?? 0;
      disk.replicas -= 1;
    }
  }

  /** The part of a broker's fullest disk that is used, in percent; undefined where the broker does not say. */
  percentOf(broker: number): number | undefined {
    const parts = (this.#disks.get(broker) ?? []).flatMap(({ totalBytes, usedBytes }) =>
      totalBytes === undefined ? [] : [(100 * usedBytes) / totalBytes],
    );
    return parts.length === 0 ? undefined : Math.max(...parts);
  }

  /** Where Kafka puts a replica: where its copy was begun, or into the directory with the fewest replicas, among those the fullest disk to be sure. */
  #receiving(broker: number, key: string): Disk | undefined {
    let best: Disk | undefined;
    for (const disk of this.#disks.get(broker) ?? []) {
      if (disk.sizes.has(key)) return disk;
      if (best === undefined || disk.replicas < best.replicas) best = disk;
      else if (disk.replicas === best.replicas && this.#left(disk) < this.#left(best)) best = disk;
    }
    return best;
  }

  #left({ totalBytes, usedBytes }: Disk): number {
    return totalBytes === undefined ? Infinity : totalBytes * this.#limit - usedBytes;
  }
}

/**
 * What changes do to disks.
 *
 * @throws {@link NoAnswerError} when a broker that has to say something for this did not answer.
 */
export function copiesOf(changes: readonly PlanChange[], disks: Disks): Copy[] {
  return changes.map((change) => {
    const added = addedReplicas(change);
    const silent = added.find((id) => (disks.get(id)?.directories.length ?? 0) === 0);
    if (silent !== undefined) throw noAnswer(silent);
    const key = partitionKey(change.topic, change.partition);
    return copyOf(change, added.length === 0 ? 0 : bytesOf(key, change.from, disks), disks);
  });
}

/** What changes under way do to disks, as far as it is known: Kafka copies them whoever answers. */
export const copiesUnderWay = (changes: readonly PlanChange[], disks: Disks): Copy[] =>
  changes.map((change) =>
    copyOf(change, Math.max(0, largest(partitionKey(change.topic, change.partition), change.from, disks)), disks),
  );

function copyOf(change: PlanChange, bytes: number, disks: Disks): Copy {
  const key = partitionKey(change.topic, change.partition);
  const lacked = (broker: number) => Math.max(0, bytes - (disks.get(broker)?.sizes.get(key) ?? 0));
  return {
    change,
    key,
    bytes,
    added: addedReplicas(change).map((broker) => ({ broker, bytes: lacked(broker) })),
    removed: change.from.filter((id) => !change.to.includes(id)),
  };
}

/** Bytes of the largest known replica; -1 when none is known. */
function largest(key: string, holders: readonly number[], disks: Disks): number {
  let most = -1;
  for (const id of holders) most = Math.max(most, disks.get(id)?.sizes.get(key) ?? -1);
  return most;
}

/**
 * Bytes of a partition: those of its largest replica. A partition that no holder has, all having answered, was deleted meanwhile.
 *
 * @throws {@link NoAnswerError} when a holder did not answer, and none of the others has the partition.
 */
export function bytesOf(key: string, holders: readonly number[], disks: Disks): number {
  const most = largest(key, holders, disks);
  if (most >= 0) return most;
  const silent = holders.find((id) => disks.get(id)?.failed.length !== 0);
  if (silent !== undefined) throw unknownSize(key, silent);
  return 0;
}

/** Sentences about disks that get replicas and of which their brokers do not know the size. */
export function unmeasured(copies: readonly Copy[], disks: Disks): string[] {
  const receiving = new Set(copies.flatMap(({ added }) => added.map(({ broker }) => broker)));
  return [...receiving].flatMap((broker) =>
    (disks.get(broker)?.directories ?? [])
      .filter(({ disk }) => disk === undefined)
      .map(({ path }) => `Broker ${broker} cannot tell the size of the disk of ${path}, so its room is not checked.`),
  );
}

/** @param remedy - besides more disk, more brokers and a higher limit, to complete "…, or raise the limit" */
export function noRoom({ copy, broker, path, ...lack }: Lack, diskLimit: number, remedy: string): RefusedError {
  const { totalBytes, usedBytes, bytes } = lack;
  const percent = (part: number) => `${((100 * part) / totalBytes).toFixed(1)} %`;
  const above = usedBytes > (totalBytes * diskLimit) / 100;
  const holds = above
    ? `holds ${formatBytes(Math.round(usedBytes))} (${percent(usedBytes)}), so it takes no more than ${formatBytes(SMALL_BYTES)} in all, up to ${Math.max(diskLimit, SMALL_LIMIT)} %`
    : `would hold ${formatBytes(Math.round(usedBytes + bytes))} (${percent(usedBytes + bytes)})`;
  return new RefusedError(
    `Broker ${broker} has no room for ${copy.key} (${formatBytes(Math.round(bytes))}): its disk of ${formatBytes(totalBytes)} at ${path} ${holds}, and the limit is ${diskLimit} %. ` +
      `Give it a larger disk, add brokers, or raise the limit (operations.rebalance.diskLimit, or --disk-limit)${remedy}.`,
  );
}

const noAnswer = (broker: number): RefusedError =>
  new NoAnswerError(
    broker,
    `Broker ${broker} does not say how full its disks are, so nobody knows whether the replicas that it would get have room. ` +
      "See whether it is up and its disks work (`npm run ops -- status`), then run this again.",
  );

const unknownSize = (key: string, broker: number): RefusedError =>
  new NoAnswerError(
    broker,
    `Nobody says how large ${key} is, because broker ${broker} does not answer or has lost a disk, so nobody knows whether its new replicas have room. ` +
      "See whether the broker is up and its disks work (`npm run ops -- status`), then run this again.",
  );
