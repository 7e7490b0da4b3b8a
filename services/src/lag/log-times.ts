/** A time is precise enough within this many ms … */
const NEAR_MS = 1_000;

/** … or within this share of its age. */
const NEAR_SHARE = 0.01;

/** While nothing is known about a log's beginning, the search goes back by this factor, and finally to the beginning itself. */
const STRIDE = 16;
const FAR_MS = 30 * 86_400_000;

/** Numbers of a fact: offset, `before`, `at`, and whether it was used since the last {@link LogTimes.forget}. */
const WIDTH = 4;
const NONE = -Infinity;

/**
 * Known times in a partition's log, learned from answers to "which is the first record that is not older than T?". Each answer gives two facts that
 * stay true however the log grows: all records before that one are older than T, and that one's time. So the time of any offset lies between those of
 * its neighbours.
 *
 * The time of an offset is the newest timestamp of the records up to it: where producers' clocks go back, Kafka's own time index says no more than
 * that.
 */
export class LogTimes {
  #facts = new Float64Array(4 * WIDTH);
  #count = 0;

  /** Number of facts. */
  get size(): number {
    return this.#count;
  }

  /**
   * Learns an answer.
   *
   * @param asked - T in ms
   * @param offset - of the found record or, when none was found, the end of the log before the question
   * @param time - of the found record; undefined when there is none
   */
  learn(asked: number, offset: number, time: number | undefined): void {
    const facts = this.#facts;
    const after = this.#after(offset);
    let at = time ?? NONE;
    let before = asked;
    if (after > 0) at = Math.max(at, facts[(after - 1) * WIDTH + 2] ?? NONE);
    if (after < this.#count) before = Math.min(before, facts[after * WIDTH + 1] ?? before);
    const known = after > 0 && facts[(after - 1) * WIDTH] === offset;
    if (known) before = Math.min(before, facts[(after - 1) * WIDTH + 1] ?? before);
    const place = known ? after - 1 : after;
    if (!known) this.#makeRoom(place);
    this.#facts.set([offset, before, at, 1], place * WIDTH);
    this.#spread(place, before, at);
  }

  /**
   * The time of the record at `offset` in ms, undefined while it is not precise enough. An error within the tolerance makes it older, never newer.
   */
  timeOf(offset: number, now: number): number | undefined {
    const place = this.#after(offset);
    const [low, high] = [this.#low(place), this.#high(place, offset)];
    if (low === NONE) return high <= 0 ? this.#oldest(place) : undefined;
    return isNear(low, high, now) ? low : undefined;
  }

  /** Marks the facts about `offset` as used. */
  use(offset: number): void {
    const place = this.#after(offset);
    if (place > 0) this.#facts[(place - 1) * WIDTH + 3] = 1;
    if (place < this.#count) this.#facts[place * WIDTH + 3] = 1;
  }

  /** The next time to ask about in order to learn that of `offset`; undefined when it is known. */
  question(offset: number, now: number): number | undefined {
    if (this.timeOf(offset, now) !== undefined) return undefined;
    const place = this.#after(offset);
    const low = this.#low(place);
    const high = this.#high(place, offset);
    const youngest = Math.max(NEAR_MS / 2, now - Math.min(high, now));
    if (low === NONE) {
      const age = high === Infinity ? NEAR_MS : youngest * STRIDE;
      return age > FAR_MS ? 0 : Math.round(now - age);
    }
    // Halves the order of magnitude, because older times need less precision.
    const middle = now - Math.sqrt(youngest * Math.max(now - low, youngest));
    return Math.min(Math.max(Math.round(middle), low + 1), Math.max(high - 1, low + 1));
  }

  /** Forgets facts that were not used since the last call, and those that the log, which ends at `end`, no longer supports. */
  forget(end: number): void {
    const facts = this.#facts;
    let kept = 0;
    for (let place = 0; place < this.#count; place += 1) {
      const from = place * WIDTH;
      const offset = facts[from] ?? 0;
      const wasEmpty = facts[from + 2] === NONE && (facts[from + 1] ?? 0) <= 0 && offset < end;
      if (facts[from + 3] !== 1 || offset > end || wasEmpty) continue;
      facts.copyWithin(kept * WIDTH, from, from + WIDTH);
      facts[kept * WIDTH + 3] = 0;
      kept += 1;
    }
    this.#count = kept;
  }

  /** Index of the first fact about a record after `offset`. */
  #after(offset: number): number {
    let [from, to] = [0, this.#count];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#facts[middle * WIDTH] ?? 0) <= offset) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** A lower bound of the time. */
  #low(place: number): number {
    return place === 0 ? NONE : (this.#facts[(place - 1) * WIDTH + 2] ?? NONE);
  }

  /** An upper bound of the time: below this, or equal when {@link #low} is the same. */
  #high(place: number, offset: number): number {
    const facts = this.#facts;
    const previous = (place - 1) * WIDTH;
    // The record itself was found: all before it are older than the asked time, and it is not.
    const found = place > 0 && facts[previous] === offset && (facts[previous + 2] ?? 0) >= (facts[previous + 1] ?? 0);
    if (found) return this.#low(place);
    return place === this.#count ? Infinity : (facts[place * WIDTH + 1] ?? Infinity);
  }

  /** For a record that is gone: the time of the first remaining one. Without any there is nothing to wait for. */
  #oldest(place: number): number {
    const at = this.#facts[place * WIDTH + 2] ?? NONE;
    return at === NONE ? Infinity : at;
  }

  /** Derives bounds for neighbours: records before are not newer, records after not older. */
  #spread(place: number, before: number, at: number): void {
    const facts = this.#facts;
    for (let earlier = place - 1; earlier >= 0 && (facts[earlier * WIDTH + 1] ?? 0) > before; earlier -= 1) {
      facts[earlier * WIDTH + 1] = before;
    }
    for (let later = place + 1; later < this.#count && (facts[later * WIDTH + 2] ?? 0) < at; later += 1) {
      facts[later * WIDTH + 2] = at;
    }
  }

  #makeRoom(place: number): void {
    if ((this.#count + 1) * WIDTH > this.#facts.length) {
      const larger = new Float64Array(this.#facts.length * 2);
      larger.set(this.#facts);
      this.#facts = larger;
    }
    this.#facts.copyWithin((place + 1) * WIDTH, place * WIDTH, this.#count * WIDTH);
    this.#count += 1;
  }
}

function isNear(low: number, high: number, now: number): boolean {
  return high - low <= Math.max(NEAR_MS, (now - low) * NEAR_SHARE) || low >= now - NEAR_MS;
}
