import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_NAMED, Positions, topicTag } from "../../src/kconsumer/position.js";

const positions = fc
  .array(
    fc.tuple(
      fc.nat(999),
      fc.nat(Number.MAX_SAFE_INTEGER - 1).map((offset) => offset % 1e15),
    ),
    { maxLength: 20 },
  )
  .map((next) => new Positions("topic1", new Map(next)));

describe("Positions", () => {
  it("survive a round trip through text", () => {
    fc.assert(
      fc.property(positions, (each) => {
        const parsed = Positions.parse(each.toString());
        assert.equal(parsed?.toString(), each.toString());
        for (const partition of each.partitions) assert.equal(parsed.next(partition), each.next(partition));
      }),
    );
  });

  it("accept no other text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = Positions.parse(text);
        assert.ok(parsed === undefined || /^[A-Za-z0-9]{1,16}(\.\d{1,9}-\d{1,15})*$/.test(text));
      }),
    );
  });

  it("advance, and never go back", () => {
    fc.assert(
      fc.property(positions, fc.nat(999), fc.nat(1e9), (each, partition, offset) => {
        const before = each.next(partition);
        each.advance(partition, offset);
        assert.equal(each.next(partition), Math.max(before, offset + 1));
      }),
    );
  });

  it("make short ids for any number of partitions, which name the room's own one", () => {
    const all = Array.from({ length: 2_000 }, (_, partition) => [partition, 999_999_999_999] as const);
    const each = new Positions("topic1", all, 1_777);
    assert.ok(each.toString().length < 700, each.toString());
    assert.equal(each.named.length, MAX_NAMED);
    assert.ok(each.named.includes(1_777));
    each.own = 1_778;
    assert.ok(each.named.includes(1_778) && !each.named.includes(1_777));
  });

  it("imply that partitions an id could name, but does not, were empty when it was made", () => {
    const order = fc.shuffledSubarray(
      Array.from({ length: 100 }, (_, index) => index),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(order, fc.nat(99), fc.nat(99), (partitions, own, cut) => {
        const each = new Positions("t", [], own);
        const soFar = partitions.slice(0, (cut % partitions.length) + 1);
        for (const partition of soFar) each.advance(partition, 0);
        const named = new Set(each.named);
        for (const partition of partitions.slice(soFar.length)) each.advance(partition, 0);
        for (const partition of each.named) assert.ok(named.has(partition) || !soFar.includes(partition));
      }),
    );
  });

  it("have one spelling, however they came about", () => {
    const one = new Positions("t");
    one.advance(7, 3);
    one.advance(0, 11);
    const other = new Positions("t");
    other.advance(0, 11);
    other.advance(7, 3);
    assert.equal(one.toString(), "t.0-12.7-4");
    assert.equal(other.toString(), one.toString());
  });

  it("have a tag that is safe in a header", () => {
    assert.match(topicTag("5bce5523-0000-4f00-8000-000000000000"), /^[A-Za-z0-9]{6}$/);
  });
});
