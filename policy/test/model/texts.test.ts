import { strict as assert } from "node:assert";
import { describe, it } from "mocha";

import { heapLimit } from "../../model/java";
import { matchesAny } from "../../model/pattern";
import { parseProperties } from "../../model/properties";

describe("heapLimit", () => {
  for (const [options, limit] of [
    ["-Xms512m -Xmx512m", { bytes: 512 * 2 ** 20 }],
    ["-Xmx1g -Xmx2G", { bytes: 2 * 2 ** 30 }],
    ["-Xmx1048576", { bytes: 2 ** 20 }],
    ["-XX:MaxHeapSize=64k", { bytes: 2 ** 16 }],
    ["-XX:MaxRAMPercentage=62.5", { percent: 62.5 }],
    ["-XX:MaxRAMPercentage=80 -Xmx1k", { bytes: 1024 }],
    ["-server", undefined],
    ["", undefined],
  ] as const) {
    it(`reads "${options}"`, () => {
      assert.deepEqual(heapLimit(options), limit);
    });
  }
});

describe("parseProperties", () => {
  it("reads every form of a line", () => {
    const text = "# comment\n! comment\n a = b \nc:d\ne f\nlong=1,\\\n  2\nempty=\nkey\n\na=last\r\n";
    assert.deepEqual(Object.fromEntries(parseProperties(text)), {
      a: "last",
      c: "d",
      e: "f",
      long: "1,2",
      empty: "",
      key: "",
    });
  });
});

describe("matchesAny", () => {
  it("matches * with any characters and everything else literally", () => {
    assert.ok(matchesAny(["a", "*/kafka"], "localhost:5000/kafka"));
    assert.ok(matchesAny(["kafka.*"], "kafka.dev"));
    assert.ok(!matchesAny(["kafka.*"], "kafka-dev"));
    assert.ok(!matchesAny(["kafka"], "kafka-2"));
    assert.ok(!matchesAny([], "kafka"));
  });
});
