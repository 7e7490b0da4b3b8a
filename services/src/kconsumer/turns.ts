import { setImmediate as nextRound } from "node:timers/promises";

/** Lets only so much be done in one round of the event loop, first come first served, so that what matters more gets through between. */
export class Turns {
  readonly #perRound: number;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  /** @param perRound - how many may have their turn in one round */
  constructor(perRound: number) {
    this.#perRound = perRound;
  }

  /** Resolves when it is the caller's turn, in a round of the event loop after this one. */
  async next(): Promise<void> {
    if (this.#underWay >= this.#perRound) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#underWay += 1;
    await nextRound();
    // The place goes on to whoever has waited longest, without becoming free between.
    const following = this.#waiting.shift();
    if (following === undefined) this.#underWay -= 1;
    else following();
  }
}
