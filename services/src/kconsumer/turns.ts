import { setImmediate as nextRound } from "node:timers/promises";

/** Limits the work in one round of the event loop, first come first served, so that more important work gets through in between. */
export class Turns {
  readonly #perRound: number;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  /** @param perRound - the number of turns in one round */
  constructor(perRound: number) {
    this.#perRound = perRound;
  }

  /** Resolves when it is the caller's turn, in a later round of the event loop. */
  async next(): Promise<void> {
    if (this.#underWay >= this.#perRound) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#underWay += 1;
    await nextRound();
    // The place passes to the longest waiting caller without becoming free in between.
    const following = this.#waiting.shift();
    if (following === undefined) this.#underWay -= 1;
    else following();
  }
}
