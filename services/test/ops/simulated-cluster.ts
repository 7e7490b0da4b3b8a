import type { ClusterView } from "../../src/kafka/client.js";
import { partitionKey } from "../../src/ops/log-dirs.js";
import type { MovePort } from "../../src/ops/move/mover.js";
import type { Ongoing, Reassignment } from "../../src/ops/move/reassignments.js";
import type { Sizes } from "../../src/ops/move/sizes.js";
import { place, type Placement } from "../../src/ops/placement.js";
import type { Disks } from "../../src/ops/move/room.js";
import { addedReplicas, type PlanChange } from "../../src/ops/plan/types.js";

/** Thrown in a killed process: nothing that it does reaches the cluster any more. */
export class Killed extends Error {}

/** Fewer missing bytes than this are none: sums of fractions do not hit a size exactly. */
const CRUMB = 1e-3;

interface SimulatedPartition {
  readonly topic: string;
  readonly partition: number;
  bytes: number;
  /** As Kafka shows them: during a reassignment, the new ones and then those that will go. */
  replicas: number[];
  target: number[] | undefined;
  /** Bytes of replicas that are being added. */
  readonly adding: Map<number, number>;
}

/**
 * A cluster with its own clock that moves replicas as Kafka does: copying goes on, whoever began it, and a new target keeps the replicas that it
 * shares with the old one.
 */
export class SimulatedCluster implements MovePort {
  readonly #partitions = new Map<string, SimulatedPartition>();
  readonly #moving = new Set<SimulatedPartition>();
  readonly #throttled = new Set<string>();
  readonly #brokers = new Set<number>();
  #now = 0;
  /** When the process that uses this cluster dies. */
  killAt = Infinity;
  /** Bytes per second that a broker copies, in each direction. */
  rate: number;
  /** Bytes per second that are written to each partition. */
  writing = 0;
  /** Bytes of each broker's one disk, and of what others have on it. */
  diskBytes = 2 ** 50;
  readonly others = new Map<number, number>();
  /** How long what a broker no longer holds stays on its disk, in milliseconds. */
  deleteAfterMs = 60_000;
  readonly #deleted: { broker: number; bytes: number; until: number }[] = [];
  /** The most that was on each disk, where {@link watch} was called. */
  readonly most = new Map<number, number>();
  #watching = false;
  /** Bytes copied so far, and those of them without a throttle. */
  copied = 0;
  unthrottled = 0;
  mostAtOnce = 0;
  /** Whether a broker answers no question about its disks. */
  silent: (broker: number, now: number) => boolean = () => false;
  /** Called at each read of reassignments. */
  onLook: () => void = () => undefined;

  constructor(brokers: readonly number[], rate: number) {
    this.rate = rate;
    this.start(...brokers);
  }

  start(...brokers: number[]): void {
    for (const id of brokers) this.#brokers.add(id);
  }

  add(topic: string, partition: number, replicas: readonly number[], bytes: number): void {
    const made = {
      topic,
      partition,
      bytes,
      replicas: [...replicas],
      target: undefined,
      adding: new Map<number, number>(),
    };
    this.#partitions.set(partitionKey(topic, partition), made);
  }

  /** Lets time pass. */
  advance(milliseconds: number): void {
    let left = milliseconds;
    while (left > 0) {
      const flows = this.#flows();
      const first = Math.min(left, ...flows.map(({ rate, missing }) => (missing / rate) * 1_000));
      // A step of zero would never end.
      const step = Math.min(left, Math.max(first, 0.001));
      for (const { move, to, rate, missing } of flows) {
        const bytes = Math.min(missing, (rate * step) / 1_000);
        move.adding.set(to, move.bytes - missing + bytes);
        this.copied += bytes;
        if (!this.#throttled.has(`${partitionKey(move.topic, move.partition)}:${to}`)) this.unthrottled += bytes;
      }
      this.#complete();
      for (const each of this.#partitions.values()) each.bytes += (this.writing * step) / 1_000;
      this.#now += step;
      left -= step;
      if (this.#watching) this.#note();
    }
  }

  /** Another process uses this cluster from now on. */
  revive(): void {
    this.killAt = Infinity;
  }

  /** Replicas of a partition as Kafka shows them. */
  replicasOf(topic: string, partition: number): readonly number[] {
    return this.#partitions.get(partitionKey(topic, partition))?.replicas ?? [];
  }

  get view(): ClusterView {
    const topics = [...Map.groupBy(this.#partitions.values(), ({ topic }) => topic)].map(([name, members]) => {
      const partitions = members.map(({ partition, replicas, adding }) => {
        const isr = replicas.filter((id) => !adding.has(id));
        return { index: partition, leader: isr[0] ?? -1, replicas: [...replicas], isr };
      });
      return [name, { name, id: name, internal: false, partitions }] as const;
    });
    const brokers = [...this.#brokers].map(
      (id) => [id, { id, host: `broker-${id}`, port: 9092, rack: undefined }] as const,
    );
    return { clusterId: "c", controllerId: 0, brokers: new Map(brokers), topics: new Map(topics) };
  }

  /** Records the most on each disk from now on. */
  watch(): void {
    this.#watching = true;
    this.#note();
  }

  /** Bytes on a broker's disk. */
  usedOn(broker: number): number {
    let bytes = this.others.get(broker) ?? 0;
    for (const each of this.#partitions.values()) {
      if (each.replicas.includes(broker)) bytes += each.adding.get(broker) ?? each.bytes;
    }
    for (const each of this.#deleted) if (each.broker === broker && each.until > this.#now) bytes += each.bytes;
    return bytes;
  }

  get throttles(): number {
    return this.#throttled.size;
  }

  now(): number {
    return this.#now;
  }

  pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    this.advance(Math.max(0, Math.min(milliseconds, this.killAt - this.#now)));
    return this.#answer(undefined);
  }

  ongoing(): Promise<readonly Ongoing[]> {
    this.onLook();
    return this.#answer(this.#ongoing());
  }

  placement(): Promise<Placement> {
    const ongoing = this.#ongoing();
    return this.#answer(place(this.view, ongoing, ongoing));
  }

  sizes(changes: readonly PlanChange[]): Promise<Sizes> {
    const sizes = new Map<number, Map<string, number>>();
    for (const { topic, partition, from, to } of changes) {
      const key = partitionKey(topic, partition);
      const known = this.#partitions.get(key);
      for (const id of new Set([...from, ...to])) {
        if (!this.#brokers.has(id)) continue;
        const on = sizes.get(id) ?? new Map<string, number>();
        sizes.set(id, on);
        if (known?.replicas.includes(id)) on.set(key, known.adding.get(id) ?? known.bytes);
      }
    }
    return this.#answer(sizes);
  }

  disks(brokers: readonly number[]): Promise<Disks> {
    const held = (id: number) => {
      const on = [...this.#partitions].filter(([, { replicas }]) => replicas.includes(id));
      const sizes = new Map(on.map(([key, { adding, bytes }]) => [key, adding.get(id) ?? bytes]));
      const disk = { totalBytes: this.diskBytes, usableBytes: this.diskBytes - this.usedOn(id) };
      return { sizes, directories: [{ path: "/data", disk, sizes }], failed: [] };
    };
    const answering = brokers.filter((id) => this.#brokers.has(id) && !this.silent(id, this.#now));
    return this.#answer(new Map(answering.map((id) => [id, held(id)])));
  }

  reassign(reassignments: readonly Reassignment[]): Promise<void> {
    if (this.#isDead) return this.#answer(undefined);
    for (const { topic, partition, replicas: target } of reassignments) {
      const move = this.#partitions.get(partitionKey(topic, partition));
      if (move === undefined) throw new Error(`There is no ${topic}-${partition}.`);
      // A replica under construction that is no longer wanted is dropped, with its data.
      const leaving = move.replicas.filter((id) => !target.includes(id) && !move.adding.has(id));
      for (const id of [...move.adding.keys()]) if (!target.includes(id)) move.adding.delete(id);
      for (const id of target) if (!move.replicas.includes(id)) move.adding.set(id, 0);
      move.replicas = [...target, ...leaving];
      move.target = [...target];
      this.#moving.add(move);
    }
    this.#complete();
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#moving.size);
    return this.#answer(undefined);
  }

  throttle(changes: readonly PlanChange[]): Promise<void> {
    if (this.#isDead) return this.#answer(undefined);
    for (const change of changes) {
      for (const id of addedReplicas(change))
        this.#throttled.add(`${partitionKey(change.topic, change.partition)}:${id}`);
    }
    return this.#answer(undefined);
  }

  removeThrottles(): Promise<number> {
    const had = this.#throttled.size;
    if (!this.#isDead) this.#throttled.clear();
    return this.#answer(had);
  }

  get #isDead(): boolean {
    // Half a millisecond of tolerance: sums of fractions do not hit a moment exactly.
    return this.#now >= this.killAt - 0.5;
  }

  #answer<T>(value: T): Promise<T> {
    return this.#isDead ? Promise.reject(new Killed()) : Promise.resolve(value);
  }

  #ongoing(): Ongoing[] {
    return [...this.#moving].map(({ topic, partition, target, adding }) => ({
      topic,
      partition,
      target: target ?? [],
      adding: [...adding.keys()],
    }));
  }

  #flows() {
    const flows = [...this.#moving].flatMap((move) => {
      const from = move.replicas.find((id) => !move.adding.has(id)) ?? -1;
      return [...move.adding]
        .map(([to, has]) => ({ move, from, to, missing: move.bytes - has, rate: 0 }))
        .filter(({ missing }) => missing > CRUMB);
    });
    const sharing = (broker: number, end: "from" | "to") => flows.filter((flow) => flow[end] === broker).length;
    const shares = new Map<string, number>();
    const share = (broker: number, end: "from" | "to") => {
      const key = `${end}${broker}`;
      const known = shares.get(key) ?? this.rate / sharing(broker, end);
      shares.set(key, known);
      return known;
    };
    for (const flow of flows) flow.rate = Math.min(share(flow.from, "from"), share(flow.to, "to"));
    return flows.filter(({ rate, to }) => rate > 0 && this.#brokers.has(to));
  }

  #note(): void {
    for (const id of this.#brokers) this.most.set(id, Math.max(this.most.get(id) ?? 0, this.usedOn(id)));
  }

  /** A reassignment ends when all new replicas are complete. */
  #complete(): void {
    for (const move of [...this.#moving]) {
      if ([...move.adding.values()].some((has) => has < move.bytes - CRUMB)) continue;
      for (const broker of move.replicas.filter((id) => move.target?.includes(id) === false)) {
        this.#deleted.push({ broker, bytes: move.bytes, until: this.#now + this.deleteAfterMs });
      }
      move.replicas = move.target ?? move.replicas;
      move.target = undefined;
      move.adding.clear();
      this.#moving.delete(move);
    }
  }
}
