import assert from "node:assert/strict";
import fc from "fast-check";
import { Positions, topicTag } from "../../src/kconsumer/position.js";

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
  it("come back from their text", () => {
    fc.assert(
      fc.property(positions, (each) => {
        const parsed = Positions.parse(each.toString());
        assert.equal(parsed?.toString(), each.toString());
        assert.equal(parsed.isBehind(each) || each.isBehind(parsed), false);
      }),
    );
  });

  it("never take anything else for a position", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = Positions.parse(text);
        assert.ok(parsed === undefined || /^[A-Za-z0-9]{1,16}(\.\d{1,9}-\d{1,15})*$/.test(text));
      }),
    );
  });

  it("advance, and never go back", () => {
    fc.assert(
      fc.property(positions, positions, (one, other) => {
        const both = one.copy();
        both.advanceTo(other);
        assert.equal(both.isBehind(one), false);
        assert.equal(both.isBehind(other), false);
        assert.equal(one.isBehind(other), both.toString() !== one.toString());
      }),
    );
  });

  it("are written in one way only, whatever the order in which they came about", () => {
    const one = new Positions("t");
    one.advance(7, 3);
    one.advance(0, 11);
    const other = new Positions("t");
    other.advance(0, 11);
    other.advance(7, 3);
    assert.equal(one.toString(), "t.0-12.7-4");
    assert.equal(other.toString(), one.toString());
  });

  it("carry a tag that is safe in a header", () => {
    assert.match(topicTag("5bce5523-0000-4f00-8000-000000000000"), /^[A-Za-z0-9]{6}$/);
  });
});
