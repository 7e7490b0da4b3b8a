import type { PlanChange } from "../plan/types.js";
import { bytesArrived, type Sizes } from "./sizes.js";

/** Records when copying last made progress: bytes arrived at a broker, or a partition was done. */
export class Progress {
  #lastAt: number;
  #open = Infinity;
  readonly #arrived = new Map<number, number>();

  /** @param now - milliseconds, on the same clock as {@link note} */
  constructor(now: number) {
    this.#lastAt = now;
  }

  /** When copying last made progress. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Records the state of `batch`. A broker that does not answer keeps its last value. */
  note(now: number, batch: readonly PlanChange[], open: number, sizes: Sizes): void {
    let further = open < this.#open;
    this.#open = open;
    for (const [broker, bytes] of bytesArrived(batch, sizes)) {
      further ||= bytes > (this.#arrived.get(broker) ?? Infinity);
      this.#arrived.set(broker, bytes);
    }
    if (further) this.#lastAt = now;
  }
}
