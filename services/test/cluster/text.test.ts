import assert from "node:assert/strict";
import fc from "fast-check";
import { escaped, paragraph, table, widthOf, wrapped } from "../../src/cluster/text.js";

/** Names as somebody might choose them to fool who looks. */
const anyName = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\u001b", "\u009b", "\u202e", "\n", "日", "e\u0301", " "),
    fc.string({ minLength: 1 }),
  ),
});

describe("Text in a terminal", () => {
  it("has no character that a terminal obeys, or that hides or reorders text", () => {
    assert.equal(escaped("a\u001b[2Jb\r\n\u009bc"), "a\\x1b[2Jb\\x0d\\x0a\\x9bc");
    assert.equal(escaped("\u202egpj\u200b\u2028\ud800"), "\\u{202e}gpj\\u{200b}\\u{2028}\\u{d800}");
    assert.equal(escaped("orders-日本-é"), "orders-日本-é");
    fc.assert(
      fc.property(anyName, fc.integer({ min: 1, max: 100 }), (name, width) => {
        const lines = [...paragraph(name, width), ...table([{ title: "NAME" }], [{ cells: [name] }], width)];
        for (const { text } of lines) assert.doesNotMatch(text, /[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it("is counted in the cells that it takes", () => {
    assert.equal(widthOf("orders"), 6);
    assert.equal(widthOf("日本"), 4);
    assert.equal(widthOf("e\u0301"), 1);
  });

  it("is broken between words, and within one that is too long", () => {
    assert.deepEqual(wrapped("broker 1 does not run", 12), ["broker 1", "  does not", "  run"]);
    assert.deepEqual(wrapped("x: abcdefghijklmnop", 10), ["x:", "  abcdefgh", "  ijklmnop"]);
    assert.deepEqual(wrapped("", 10), [""]);
  });

  it("is never wider than the terminal, and loses nothing but spaces", () => {
    fc.assert(
      fc.property(anyName, fc.integer({ min: 2, max: 60 }), (text, width) => {
        const lines = wrapped(text, width);
        for (const line of lines) assert.ok(widthOf(line) <= width, `"${line}" is wider than ${width}`);
        assert.equal(lines.join("").replaceAll(" ", ""), escaped(text).replaceAll(" ", ""));
      }),
    );
  });

  it("is a table where that fits, and else says the same row by row", () => {
    const columns = [
      { title: "BROKER", label: "Broker" },
      { title: "STATE" },
      { title: "LEADS", label: "leads", number: true },
    ];
    const rows = [{ cells: ["0", "runs", "12"] }, { cells: ["10", "not running", "0"], style: "bad" as const }];
    assert.deepEqual(table(columns, rows, 26), [
      { text: "BROKER  STATE        LEADS", style: "soft" },
      { text: "0       runs            12", style: undefined },
      { text: "10      not running      0", style: "bad" },
    ]);
    assert.deepEqual(table(columns, rows, 25), [
      { text: "Broker 0: runs, leads 12", style: undefined },
      { text: "Broker 10: not running,", style: "bad" },
      { text: "  leads 0", style: "bad" },
    ]);
  });
});
