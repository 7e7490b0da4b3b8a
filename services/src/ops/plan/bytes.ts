import { at, type PlanModel } from "./model.js";

/** How far a broker's bytes may be from the mean, as a part of it, and at least in bytes: less than this is not worth copying. */
const EVEN_WITHIN = 0.1;
const EVEN_WITHIN_BYTES = 64 * 2 ** 20;

/** The least that one swap must improve, as a part of what brokers may be off the mean: little, because a broker may have thousands of replicas. */
const LEAST_PART = 0.001;

/** Bytes that a swap may copy for each byte by which it improves the balance. */
const MOST_COPIED = 4;

/** Small replicas and large ones that are tried for a swap of two brokers, and brokers that are tried for one. */
const SMALL_ONES = 4;
const LARGE_ONES = 6;
const PARTNERS = 32;

/** A replica that may be swapped. */
interface Replica {
  readonly partition: number;
  readonly slot: number;
  readonly bytes: number;
}

interface Swap {
  readonly large: Replica;
  readonly small: Replica;
}

/**
 * Makes brokers hold equally many bytes, within a tenth of the mean, by swapping replicas: a large one of a broker with too much for a small one of a
 * broker with too little. So each broker keeps its number of replicas. Preferred leaders stay; only partitions without another replica are swapped
 * for each other. A swap that copies more than four times what it improves is not made.
 *
 * What it does depends on nothing but the present state, and it ends only when a whole pass finds nothing: carried out, it finds nothing again.
 *
 * @param bytes - of a replica, by the partition's index
 * @returns the number of swaps
 */
export function balanceBytes(model: PlanModel, bytes: Float64Array): number {
  const state = new ByteState(model, bytes);
  let swaps = 0;
  for (let before = -1; before !== swaps;) {
    before = swaps;
    for (const broker of state.uneven()) swaps += swapsFor(state, broker);
  }
  return swaps;
}

/** Brings one broker nearer to the mean. @returns the number of swaps */
function swapsFor(state: ByteState, broker: number): number {
  const gives = state.excess(broker) > 0;
  let swaps = 0;
  for (const partner of state.partners(broker)) {
    const [from, to] = gives ? [broker, partner] : [partner, broker];
    while (state.isUneven(broker)) {
      const swap = state.bestSwap(from, to);
      if (swap === undefined) break;
      state.make(swap, from, to);
      swaps += 1;
    }
  }
  return swaps;
}

class ByteState {
  readonly #model: PlanModel;
  /** Bytes of each broker: whole numbers, so that sums are exact in any order. */
  readonly #held: Float64Array;
  readonly #mean: number;
  readonly #tolerance: number;
  /** Each broker's replicas that may be swapped, smallest first: those of partitions that have others, and those that are alone. */
  readonly #followers: Replica[][];
  readonly #alone: Replica[][];

  constructor(model: PlanModel, bytes: Float64Array) {
    this.#model = model;
    const brokers = model.brokers.length;
    this.#held = new Float64Array(brokers);
    this.#followers = Array.from({ length: brokers }, () => []);
    this.#alone = Array.from({ length: brokers }, () => []);
    let total = 0;
    for (let partition = 0; partition < model.partitions.length; partition += 1) {
      const first = at(model.start, partition);
      const end = at(model.start, partition + 1);
      const size = bytes[partition] ?? 0;
      for (let slot = first; slot < end; slot += 1) {
        const broker = at(model.replicas, slot);
        this.#held[broker] = (this.#held[broker] as number) + size;
        total += size;
        const list = slot > first ? this.#followers : end - first === 1 ? this.#alone : undefined;
        list?.[broker]?.push({ partition, slot, bytes: size });
      }
    }
    this.#mean = total / brokers;
    this.#tolerance = Math.max(this.#mean * EVEN_WITHIN, EVEN_WITHIN_BYTES);
    for (const list of [...this.#followers, ...this.#alone]) list.sort(inOrder);
  }

  /** Bytes above the mean. */
  excess(broker: number): number {
    return (this.#held[broker] as number) - this.#mean;
  }

  isUneven(broker: number): boolean {
    return Math.abs(this.excess(broker)) > this.#tolerance;
  }

  /** Brokers outside the tolerance, the furthest first. */
  uneven(): number[] {
    return this.#model.brokers
      .map((_, broker) => broker)
      .filter((broker) => this.isUneven(broker))
      .sort((a, b) => Math.abs(this.excess(b)) - Math.abs(this.excess(a)) || a - b);
  }

  /** Brokers on the other side of the mean, the furthest first. */
  partners(broker: number): number[] {
    const sign = Math.sign(this.excess(broker));
    return this.#model.brokers
      .map((_, other) => other)
      .filter((other) => this.excess(other) * sign < 0)
      .sort((a, b) => Math.abs(this.excess(b)) - Math.abs(this.excess(a)) || a - b)
      .slice(0, PARTNERS);
  }

  /** The swap between two brokers that improves most for what it copies. */
  bestSwap(from: number, to: number): Swap | undefined {
    let best: Swap | undefined;
    let bestWorth = 0;
    for (const lists of [this.#followers, this.#alone]) {
      const smallOnes = lists[to] ?? [];
      const largeOnes = lists[from] ?? [];
      let tried = 0;
      for (const small of smallOnes) {
        if (tried === SMALL_ONES) break;
        if (!this.#model.allows(small.partition, small.slot, from)) continue;
        tried += 1;
        const ideal = small.bytes + Math.min(this.excess(from), -this.excess(to));
        const middle = firstAbove(largeOnes, ideal);
        for (let index = middle - LARGE_ONES; index < middle + LARGE_ONES; index += 1) {
          const large = largeOnes[index];
          if (large === undefined) continue;
          const worth = this.#worth(large.bytes, small.bytes, from, to);
          if (worth <= bestWorth || !this.#model.allows(large.partition, large.slot, to)) continue;
          best = { large, small };
          bestWorth = worth;
        }
      }
    }
    return best;
  }

  make({ large, small }: Swap, from: number, to: number): void {
    const lists = this.#followers[from]?.includes(large) === true ? this.#followers : this.#alone;
    replace(lists[from] ?? [], large, small);
    replace(lists[to] ?? [], small, large);
    this.#model.put(large.slot, to);
    this.#model.put(small.slot, from);
    const moved = large.bytes - small.bytes;
    this.#held[from] = (this.#held[from] as number) - moved;
    this.#held[to] = (this.#held[to] as number) + moved;
  }

  /** Bytes above the mean that a swap takes away, less what it may cost; not positive when it is not worth it. */
  #worth(large: number, small: number, from: number, to: number): number {
    const [high, low] = [this.excess(from), this.excess(to)];
    const moved = large - small;
    const gain = high - Math.max(0, high - moved) - Math.max(0, low + moved);
    return gain < this.#tolerance * LEAST_PART ? 0 : gain * MOST_COPIED - large - small;
  }
}

const inOrder = (one: Replica, other: Replica): number => one.bytes - other.bytes || one.slot - other.slot;

/** The index of the first replica with more than `bytes`. */
function firstAbove(sorted: readonly Replica[], bytes: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.bytes ?? Infinity) > bytes) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Puts one replica in the place of another into a sorted list. */
function replace(sorted: Replica[], gone: Replica, come: Replica): void {
  sorted.splice(sorted.indexOf(gone), 1);
  let index = firstAbove(sorted, come.bytes);
  while (index > 0 && inOrder(sorted[index - 1] as Replica, come) > 0) index -= 1;
  sorted.splice(index, 0, come);
}
