import { TROUBLES, type Trouble } from "./model.js";

/** Counts the values that a round could not find out, with one of Kafka's messages for each kind. */
export class Troubles {
  readonly #counts = new Map<Trouble, number>(TROUBLES.map((what) => [what, 0]));
  readonly #reasons = new Map<Trouble, string>();

  /** Counts one or several of a kind. */
  add(what: Trouble, reason: string, count = 1): void {
    this.#counts.set(what, this.of(what) + count);
    this.#reasons.set(what, reason);
  }

  /** The count of a kind. */
  of(what: Trouble): number {
    return this.#counts.get(what) ?? 0;
  }

  /** The kinds that occurred, with the last reason of each. */
  get reasons(): ReadonlyMap<Trouble, string> {
    return this.#reasons;
  }
}
