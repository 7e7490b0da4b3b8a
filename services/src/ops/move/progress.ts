import { addedReplicas, type PlanChange } from "../plan/types.js";
import { bytesArrived, totalLeft, type Sizes } from "./sizes.js";

/** Records when copying last made progress: bytes arrived at a broker, or a partition was done. */
export class Progress {
  #lastAt: number;
  #lessAt: number;
  #open = Infinity;
  #left = Infinity;
  readonly #arrived = new Map<number, number>();

  /** @param now - milliseconds, on the same clock as {@link note} */
  constructor(now: number) {
    this.#lastAt = now;
    this.#lessAt = now;
  }

  /** When copying last made progress. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** When less was left than ever before, or since {@link compareAnew}. It stands still, although bytes arrive, while writers write as much as is copied. */
  get lessAt(): number {
    return this.#lessAt;
  }

  /** Compares what is left only with what is left at the next call. */
  compareAnew(): void {
    this.#left = Infinity;
  }

  /** Records the state of `batch`. A broker that does not answer keeps its last value. */
  note(now: number, batch: readonly PlanChange[], open: number, sizes: Sizes): void {
    const done = open < this.#open;
    let further = done;
    this.#open = open;
    for (const [broker, bytes] of bytesArrived(batch, sizes)) {
      further ||= bytes > (this.#arrived.get(broker) ?? Infinity);
      this.#arrived.set(broker, bytes);
    }
    if (further) this.#lastAt = now;
    // What a silent broker lacks, or has for others, is not known.
    const left = batch.every((change) => isKnown(change, sizes)) ? totalLeft(batch, sizes) : undefined;
    if (done || left === undefined || left < this.#left) this.#lessAt = now;
    this.#left = done ? Infinity : Math.min(this.#left, left ?? Infinity);
  }
}

const isKnown = (change: PlanChange, sizes: Sizes): boolean =>
  addedReplicas(change).every((id) => sizes.has(id)) && change.from.some((id) => sizes.has(id));
