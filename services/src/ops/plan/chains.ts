import { at, type PlanModel } from "./model.js";

/** One move of a chain: the replica in `slot` leaves `from` for `to`. */
interface Move {
  readonly partition: number;
  readonly slot: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Moves replicas along the shortest chain (from a to b, and another from b to c) where no direct move from a broker above its target to one below it
 * exists, because each partition already has a replica there or in its rack.
 *
 * @returns the number of moved replicas
 */
export function moveByChains(model: PlanModel, targets: Int32Array): number {
  const above = model.brokers
    .map((_, broker) => broker)
    .filter((broker) => at(model.counts, broker) > at(targets, broker));
  if (above.length === 0) return 0;
  const search = new ChainSearch(model, targets);
  let moves = 0;
  for (const source of above) {
    while (at(model.counts, source) > at(targets, source)) {
      const chain = search.find(source);
      if (chain === undefined || !search.follow(chain)) break;
      moves += chain.length;
    }
  }
  return moves;
}

/**
 * A breadth-first search for a path of surplus: from a broker into one of its partitions, there into a rack, and there onto another broker. It passes
 * each partition, and each partition's share of a rack, once, so that the moves of a chain do not conflict.
 */
class ChainSearch {
  readonly #model: PlanModel;
  readonly #targets: Int32Array;
  /** The slots on each broker, with their partitions. */
  readonly #hosted: Map<number, number>[];
  readonly #brokersOf: number[][];

  constructor(model: PlanModel, targets: Int32Array) {
    this.#model = model;
    this.#targets = targets;
    this.#brokersOf = Array.from(model.rackSizes, (): number[] => []);
    model.rackOf.forEach((rack, broker) => this.#brokersOf[rack]?.push(broker));
    this.#hosted = model.brokers.map(() => new Map<number, number>());
    for (let partition = 0; partition < model.partitions.length; partition += 1) {
      for (let slot = at(model.start, partition); slot < at(model.start, partition + 1); slot += 1) {
        this.#hosted[at(model.replicas, slot)]?.set(slot, partition);
      }
    }
  }

  find(source: number): Move[] | undefined {
    const cameBy = new Map<number, Move | undefined>([[source, undefined]]);
    const seen = new Set<number>();
    const queue = [source];
    for (const from of queue) {
      for (const [slot, partition] of this.#hosted[from] ?? []) {
        for (const to of this.#ways(partition, slot, from, seen)) {
          if (cameBy.has(to) || !this.#model.allows(partition, slot, to)) continue;
          cameBy.set(to, { partition, slot, from, to });
          if (at(this.#model.counts, to) < at(this.#targets, to)) return unwind(cameBy, to);
          queue.push(to);
        }
      }
    }
    return undefined;
  }

  /** Makes the moves, the last one first. When one of them is not allowed after the others, undoes them and returns false. */
  follow(chain: readonly Move[]): boolean {
    const made: Move[] = [];
    for (const move of chain) {
      if (!this.#model.allows(move.partition, move.slot, move.to)) {
        for (const { slot, partition, from, to } of made.reverse()) this.#put(slot, partition, to, from);
        return false;
      }
      this.#put(move.slot, move.partition, move.from, move.to);
      made.push(move);
    }
    return true;
  }

  /** The brokers that a replica could go to by unused edges. */
  #ways(partition: number, slot: number, from: number, seen: Set<number>): number[] {
    const model = this.#model;
    const racks = model.rackSizes.length;
    const own = at(model.rackOf, from);
    const enter = (way: number): boolean => !seen.has(way) && seen.add(way).size > 0;
    // Edges are numbered: for each partition one for each rack, and one for changing racks.
    const base = partition * (racks + 1);
    const entered = enter(base + own) ? [own] : [];
    if (enter(base + racks)) {
      for (let rack = 0; rack < racks; rack += 1) {
        if (rack === own || seen.has(base + rack)) continue;
        const isOpen = this.#brokersOf[rack]?.some((to) => model.allows(partition, slot, to)) === true;
        if (isOpen && enter(base + rack)) entered.push(rack);
      }
    }
    return entered.flatMap((rack) => this.#brokersOf[rack] ?? []);
  }

  #put(slot: number, partition: number, from: number, to: number): void {
    this.#hosted[from]?.delete(slot);
    this.#model.put(slot, to);
    this.#hosted[to]?.set(slot, partition);
  }
}

/** Follows the path from its end to its beginning. */
function unwind(cameBy: ReadonlyMap<number, Move | undefined>, end: number): Move[] {
  const chain: Move[] = [];
  for (let move = cameBy.get(end); move !== undefined; move = cameBy.get(move.from)) chain.push(move);
  return chain;
}
