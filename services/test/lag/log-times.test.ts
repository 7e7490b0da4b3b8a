import assert from "node:assert/strict";
import fc from "fast-check";
import { LogTimes } from "../../src/lag/log-times.js";
import { log } from "./fake-kafka.js";

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;

/** Timestamps of a log: mostly in order, sometimes not, some from a clock that is ahead. */
const times = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 60_000 }),
    fc.integer({ min: 0, max: 40 * DAY }),
    fc.integer({ min: -5_000, max: 0 }),
  ),
  { minLength: 1, maxLength: 60 },
);
const ordered = fc.tuple(times, fc.boolean()).map(([ages, sorted]) => {
  const found = ages.map((age) => NOW - age);
  return sorted ? found.sort((a, b) => a - b) : found;
});

/** Asks until the time is known; returns the number of questions. */
function learn(known: LogTimes, timestamps: readonly number[], offset: number): number {
  const { at, end } = log(...timestamps);
  for (let questions = 0; ; questions += 1) {
    const question = known.question(offset, NOW);
    if (question === undefined) return questions;
    assert.ok(questions < 60, `asks for ever about ${offset} of ${timestamps.join(",")}`);
    const found = at(question);
    known.learn(question, found?.offset ?? end, found?.time);
  }
}

function near(time: number | undefined, truth: number): void {
  assert.ok(time !== undefined);
  const late = truth - time;
  // A time in the future is as good as now.
  if (Math.min(truth, time) >= NOW - 1_000) return;
  assert.ok(late >= 0 && late <= Math.max(1_000, (NOW - time) * 0.01), `${time} is not ${truth}`);
}

describe("LogTimes", () => {
  it("finds the newest time up to an offset, to a second or a hundredth of its age, and learns nothing wrong about others", () => {
    fc.assert(
      fc.property(ordered, fc.array(fc.nat(), { minLength: 1, maxLength: 8 }), (timestamps, picks) => {
        const known = new LogTimes();
        const newest = timestamps.map((_, offset) => Math.max(...timestamps.slice(0, offset + 1)));
        for (const pick of picks) {
          learn(known, timestamps, pick % timestamps.length);
          for (const [offset, truth] of newest.entries()) {
            const time = known.timeOf(offset, NOW);
            if (time !== undefined) near(time, truth);
          }
          near(known.timeOf(pick % timestamps.length, NOW), newest[pick % timestamps.length] ?? 0);
        }
      }),
    );
  });

  it("needs few questions: no more than 14 about a log of a month", () => {
    const timestamps = Array.from({ length: 30 * 24 * 4 }, (_, index) => NOW - (30 * 24 * 4 - index) * 900_000);
    for (const offset of [0, 1, 1_500, 2_870, 2_879]) {
      const questions = learn(new LogTimes(), timestamps, offset);
      assert.ok(questions <= 14, `${questions} about ${offset}`);
    }
  });

  it("uses the first remaining record for one that is gone, and nothing when none remains", () => {
    const gone = new LogTimes();
    for (let question; (question = gone.question(3, NOW)) !== undefined;) gone.learn(question, 10, NOW - 5_000);
    assert.equal(gone.timeOf(3, NOW), NOW - 5_000);
    const empty = new LogTimes();
    for (let question; (question = empty.question(3, NOW)) !== undefined;) empty.learn(question, 10, undefined);
    assert.equal(empty.timeOf(3, NOW), Infinity);
    // A record was written meanwhile, and waits now.
    empty.use(3);
    empty.forget(12);
    assert.equal(empty.timeOf(3, NOW), undefined);
  });

  it("forgets unused facts, and those beyond the end of a log that was cut", () => {
    const known = new LogTimes();
    const timestamps = [50, 40, 30, 20, 10].map((age) => NOW - age * 1_000);
    for (const offset of [0, 2, 4]) learn(known, timestamps, offset);
    known.forget(5);
    known.use(2);
    known.forget(5);
    assert.ok(known.size <= 2);
    near(known.timeOf(2, NOW), NOW - 30_000);
    known.use(2);
    known.forget(1);
    assert.equal(known.size, 0);
  });
});
