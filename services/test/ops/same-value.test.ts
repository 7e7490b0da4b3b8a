import assert from "node:assert/strict";
import fc from "fast-check";
import { isSameValue } from "../../src/ops/same-value.js";

describe("isSameValue", () => {
  for (const [one, other] of [
    ["102400000", "1.024E8"],
    ["1.7976931348623157E308", "17976931348623157e292"],
    ["0.50", "0.5"],
    ["-1", "-1.0"],
    ["0", "0.000"],
    ["TRUE", "true"],
    ["9223372036854775807", "9223372036854775807"],
  ] as const) {
    it(`counts ${one} and ${other} as equal`, () => {
      assert.ok(isSameValue(one, other));
      assert.ok(isSameValue(other, one));
    });
  }

  for (const [one, other] of [
    ["9223372036854775807", "9223372036854775806"],
    ["9007199254740993", "9007199254740992"],
    ["1", "-1"],
    ["1", "10"],
    ["0.1", "0.01"],
    ["delete", "delete,compact"],
    ["a", "A"],
    ["", "0"],
    [undefined, "0"],
  ] as const) {
    it(`counts ${one ?? "nothing"} and ${other} as different`, () => {
      assert.ok(!isSameValue(one, other));
      assert.ok(!isSameValue(other, one));
    });
  }

  it("compares whole numbers exactly, however large and with however many zeros", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
        assert.equal(isSameValue(String(a), String(b)), a === b);
        assert.equal(isSameValue(`${a}.00`, String(b)), a === b);
        assert.equal(isSameValue(`${a}e3`, String(b * 1000n)), a === b);
      }),
    );
  });
});
