import { strict as assert } from "node:assert";
import { describe, it } from "mocha";

import { mayCover, Value } from "../../model/value";
import { unknown } from "../builders";

const properties: Record<string, unknown> = { now: 1, later: unknown };

/** Properties of which `later` cannot be read, as the Pulumi policy SDK makes them. */
const guarded = new Proxy(properties, {
  get: (object: Record<string, unknown>, key) => {
    if (key === "later") {
      throw new Error("string value at .later can't be known during preview");
    }
    return object[String(key)];
  },
});

describe("Value", () => {
  it("distinguishes missing from unknown", () => {
    const value = Value.of({ spec: { known: 0, later: unknown, nothing: null } });
    assert.deepEqual(
      ["known", "later", "nothing", "absent"].map((key) => {
        const { missing, unknown: isUnknown } = value.at("spec", key);
        return [missing, isUnknown];
      }),
      [
        [false, false],
        [false, true],
        [true, false],
        [true, false],
      ],
    );
  });

  it("is unknown below an unknown value", () => {
    assert.ok(Value.of({ later: unknown }).at("later", "deep", 0, "down").unknown);
  });

  it("treats unreadable values as unknown", () => {
    const value = Value.of(guarded);
    assert.ok(value.at("later").unknown);
    assert.deepEqual(
      value.entries().map(([key, { number }]) => [key, number]),
      [
        ["now", 1],
        ["later", undefined],
      ],
    );
  });

  it("reads a list with unknown elements", () => {
    const items = Value.of({ list: ["a", unknown, 3] })
      .at("list")
      .items();
    assert.deepEqual(
      items.map((item) => item.text ?? item.number ?? item.unknown),
      ["a", true, 3],
    );
  });

  it("concludes nothing from unknown values", () => {
    const later = Value.of({ later: unknown }).at("later");
    assert.equal(later.is(true), false);
    assert.equal(later.isNot(true), false);
    assert.deepEqual([later.items(), later.entries(), later.text], [[], [], undefined]);
  });
});

describe("mayCover", () => {
  const covers = (whole: unknown, part: unknown) => mayCover(Value.of(whole), Value.of(part));

  it("holds when everything of the part is in the whole", () => {
    assert.ok(covers({ a: { b: 1, c: "d" }, e: [1] }, { a: { c: "d" }, e: [1] }));
  });

  it("does not hold when something differs, is missing, or a list has another length", () => {
    assert.ok(!covers({ a: 1 }, { a: 2 }));
    assert.ok(!covers({}, { a: { b: true } }));
    assert.ok(!covers({ a: [1, 2] }, { a: [1] }));
    assert.ok(!covers({ a: false }, { a: true }));
  });

  it("holds where either is unknown", () => {
    assert.ok(covers({ a: unknown }, { a: { b: 1 } }));
    assert.ok(covers({ a: 1 }, { a: unknown }));
  });
});
