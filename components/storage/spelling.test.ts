import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalPlace, canonicalPlaceText, placeText } from "./spelling";
import type { Place } from "./plan";

describe("the spelling of a place", () => {
  const SAME: readonly [written: string, canonical: string][] = [
    ["nas:/kafka", "nas:/kafka"],
    ["NAS.Example.org:/kafka/", "nas.example.org:/kafka"],
    ["nas.example.org.:/kafka", "nas.example.org:/kafka"],
    ["nas://kafka//0/./", "nas:/kafka/0"],
    ["[FE80::1]:/kafka", "[fe80::1]:/kafka"],
    ["/data//kafka/", "/data/kafka"],
    ["/", "/"],
    ["/Data", "/Data"],
  ];
  for (const [written, canonical] of SAME) {
    it(`${written} is ${canonical}`, () => {
      assert.equal(canonicalPlaceText(written), canonical);
    });
  }

  it("gives the text of a place and the place the same result, and is its own spelling", () => {
    const path = fc
      .array(fc.constantFrom("/", "a", "B", "/.", "-1", "//"), { maxLength: 6 })
      .map((parts) => `/${parts.join("")}`);
    const place: fc.Arbitrary<Place> = fc.oneof(
      fc.record({
        type: fc.constant("nfs" as const),
        server: fc.constantFrom("nas", "NAS-1.x.", "10.0.0.1", "fe80::1"),
        path,
        mountOptions: fc.constant([]),
      }),
      fc.record({ type: fc.constant("hostPath" as const), node: fc.constantFrom("a", "b.c"), path }),
      fc.record({ type: fc.constant("hostPath" as const), path }),
    );
    fc.assert(
      fc.property(place, (at) => {
        const canonical = canonicalPlace(at);
        assert.equal(canonicalPlaceText(placeText(at)), placeText(canonical));
        assert.deepEqual(canonicalPlace(canonical), canonical);
      }),
    );
  });
});
