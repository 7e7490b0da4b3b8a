import type { PlanChange } from "../plan/types.js";
import { bytesArrived, type Sizes } from "./sizes.js";

/** Knows when copying last came further: bytes arrived at a broker, or a partition was done. */
export class Progress {
  #lastAt: number;
  #open = Infinity;
  readonly #arrived = new Map<number, number>();

  /** @param now - milliseconds, of whatever clock {@link note} is given */
  constructor(now: number) {
    this.#lastAt = now;
  }

  /** When copying last came further. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Notes how far `batch` is. A broker that does not answer is as far as it last said. */
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
