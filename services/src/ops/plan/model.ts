import type { PlanBroker, PlanChange, PlanPartition } from "./types.js";

/** A replica that has no broker yet. */
export const HOMELESS = -1;

/** How a partition's replicas must be spread over racks. */
interface RackRule {
  /** No rack holds more replicas than this. */
  readonly most: number;
  /** How many racks may hold `most`; all others hold one less. */
  readonly racksAtMost: number;
}

/**
 * A cluster's replicas in arrays of small numbers (brokers and racks by index, not by id), for large clusters. Partitions are in the order of topic
 * and number, which makes results deterministic.
 */
export class PlanModel {
  readonly brokers: readonly PlanBroker[];
  readonly partitions: readonly PlanPartition[];
  /** The rack of each broker. Without racks, each broker is a rack of its own. */
  readonly rackOf: Int32Array;
  readonly rackSizes: Int32Array;
  /** Where each partition's replicas begin in {@link replicas}; one more entry than partitions. */
  readonly start: Int32Array;
  /** Broker indexes, or {@link HOMELESS}; a partition's first replica is its preferred leader. */
  readonly replicas: Int32Array;
  /** Replicas of each broker. */
  readonly counts: Int32Array;
  readonly #rules = new Map<number, RackRule>();
  readonly #rackScratch: Int32Array;

  /** @throws RangeError when a partition has more replicas than there are brokers. */
  constructor(partitions: readonly PlanPartition[], brokers: readonly PlanBroker[]) {
    this.brokers = [...brokers].sort((a, b) => a.id - b.id);
    this.partitions = [...partitions].sort(
      (a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0) || a.partition - b.partition,
    );
    const racks = rackNames(this.brokers);
    this.rackOf = Int32Array.from(racks.ofBroker);
    this.rackSizes = new Int32Array(racks.count);
    for (const rack of this.rackOf) this.rackSizes[rack] = at(this.rackSizes, rack) + 1;
    this.#rackScratch = new Int32Array(racks.count);
    this.start = new Int32Array(this.partitions.length + 1);
    this.partitions.forEach(({ topic, replicas }, index) => {
      if (replicas.length > this.brokers.length) {
        throw new RangeError(
          `Topic ${topic} has ${replicas.length} replicas; there are ${this.brokers.length} brokers.`,
        );
      }
      this.start[index + 1] = at(this.start, index) + replicas.length;
    });
    this.replicas = new Int32Array(at(this.start, this.partitions.length));
    this.counts = new Int32Array(this.brokers.length);
    this.#load();
  }

  /** Places the replica in `slot` on `broker`. */
  put(slot: number, broker: number): void {
    const before = at(this.replicas, slot);
    if (before !== HOMELESS) this.counts[before] = at(this.counts, before) - 1;
    if (broker !== HOMELESS) this.counts[broker] = at(this.counts, broker) + 1;
    this.replicas[slot] = broker;
  }

  /** Whether the replica in `slot` may be on `broker`, given the partition's other replicas. */
  allows(partition: number, slot: number, broker: number): boolean {
    const first = at(this.start, partition);
    const end = at(this.start, partition + 1);
    const rack = at(this.rackOf, broker);
    let inRack = 1;
    for (let other = first; other < end; other += 1) {
      const holder = at(this.replicas, other);
      if (other === slot || holder === HOMELESS) continue;
      if (holder === broker) return false;
      if (at(this.rackOf, holder) === rack) inRack += 1;
    }
    const rule = this.rackRule(end - first);
    if (inRack !== rule.most) return inRack < rule.most;
    return rule.most === 1 || this.#racksHolding(rule.most, first, end, slot) < rule.racksAtMost;
  }

  /** The best possible, and therefore required, spread of `replicas` replicas over racks. */
  rackRule(replicas: number): RackRule {
    const known = this.#rules.get(replicas);
    if (known !== undefined) return known;
    const room = (most: number) => this.rackSizes.reduce((sum, size) => sum + Math.min(size, most), 0);
    let most = 1;
    while (room(most) < replicas) most += 1;
    const rule = { most, racksAtMost: replicas - room(most - 1) };
    this.#rules.set(replicas, rule);
    return rule;
  }

  /** The differences from the initial state. */
  changes(): PlanChange[] {
    const changes: PlanChange[] = [];
    this.partitions.forEach(({ topic, partition, replicas: from }, index) => {
      const first = at(this.start, index);
      const to = from.map((_, offset) => this.brokers[at(this.replicas, first + offset)]?.id ?? HOMELESS);
      if (to.some((id, offset) => id !== from[offset])) changes.push({ topic, partition, from, to });
    });
    return changes;
  }

  /** Calls `visit` with each topic's partitions, as a range. */
  eachTopic(visit: (firstPartition: number, endPartition: number) => void): void {
    let first = 0;
    while (first < this.partitions.length) {
      const topic = this.partitions[first]?.topic;
      let end = first + 1;
      while (end < this.partitions.length && this.partitions[end]?.topic === topic) end += 1;
      visit(first, end);
      first = end;
    }
  }

  /** Replicas that may stay keep their broker; all others, later ones first, become homeless. */
  #load(): void {
    const index = new Map(this.brokers.map(({ id }, broker) => [id, broker]));
    this.replicas.fill(HOMELESS);
    this.partitions.forEach(({ replicas }, partition) => {
      const first = at(this.start, partition);
      replicas.forEach((id, offset) => {
        const broker = index.get(id);
        if (broker !== undefined && this.allows(partition, first + offset, broker)) this.put(first + offset, broker);
      });
    });
  }

  #racksHolding(count: number, first: number, end: number, except: number): number {
    const scratch = this.#rackScratch;
    let racks = 0;
    for (let slot = first; slot < end; slot += 1) {
      const holder = at(this.replicas, slot);
      if (slot === except || holder === HOMELESS) continue;
      const rack = at(this.rackOf, holder);
      const held = at(scratch, rack) + 1;
      scratch[rack] = held;
      if (held === count) racks += 1;
    }
    for (let slot = first; slot < end; slot += 1) {
      const holder = at(this.replicas, slot);
      if (holder !== HOMELESS) scratch[at(this.rackOf, holder)] = 0;
    }
    return racks;
  }
}

/** An element that exists, which the compiler cannot know. */
export function at(array: Int32Array, index: number): number {
  return array[index] as number;
}

function rackNames(brokers: readonly PlanBroker[]): { readonly count: number; readonly ofBroker: number[] } {
  if (brokers.some(({ rack }) => rack === undefined)) {
    return { count: brokers.length, ofBroker: brokers.map((_, index) => index) };
  }
  const names = [...new Set(brokers.map(({ rack }) => rack))].sort();
  const index = new Map(names.map((name, rack) => [name, rack]));
  return { count: names.length, ofBroker: brokers.map(({ rack }) => index.get(rack) ?? 0) };
}
