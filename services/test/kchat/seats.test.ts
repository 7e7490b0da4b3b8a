import assert from "node:assert/strict";
import fc from "fast-check";
import { Seats } from "../../src/kconsumer/seats.js";

describe("Seats", () => {
  it("never exceed their limits, for an address and for all, and become free again", () => {
    const step = fc.record({ address: fc.constantFrom("192.0.2.1", "192.0.2.2", "2001:db8::1"), give: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const seats = new Seats(5, 3);
        const held: { readonly address: string; readonly release: () => void }[] = [];
        for (const { address, give } of steps) {
          if (give) {
            const first = held.shift();
            first?.release();
            // A second release does nothing.
            first?.release();
            continue;
          }
          const mine = held.filter((each) => each.address === address).length;
          const seat = seats.take(address);
          if (typeof seat === "string") assert.ok(mine === 3 || held.length === 5);
          else held.push({ address, release: seat });
          assert.equal(seats.taken, held.length);
          assert.ok(held.length <= 5 && held.filter((each) => each.address === address).length <= 3);
        }
      }),
    );
  });

  const one: readonly [string, string, boolean][] = [
    ["192.0.2.1", "192.0.2.1", true],
    ["192.0.2.1", "192.0.2.2", false],
    ["192.0.2.1", "::ffff:192.0.2.1", true],
    ["2001:db8:0:1::1", "2001:0db8:0000:0001:ffff:1:2:3", true],
    ["2001:db8::1", "2001:db8:0:0:9::", true],
    ["2001:db8:0:1::1", "2001:db8:0:2::1", false],
    ["::1", "::2", true],
  ];
  for (const [first, second, isSame] of one) {
    it(`count ${first} and ${second} as ${isSame ? "one" : "two"}`, () => {
      const seats = new Seats(10, 1);
      seats.take(first);
      assert.equal(seats.take(second) === "too many of this address", isSame);
    });
  }
});
