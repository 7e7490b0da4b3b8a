import assert from "node:assert/strict";
import fc from "fast-check";
import { EventParser, type StreamEvent } from "../../src/chat/event-parser.js";
import { messageBody } from "../../src/kconsumer/frames.js";

function parse(chunks: readonly string[]): { events: StreamEvent[]; retries: number[]; lastEventId: string } {
  const events: StreamEvent[] = [];
  const retries: number[] = [];
  const parser = new EventParser(
    (event) => events.push(event),
    (retry) => retries.push(retry),
  );
  for (const chunk of chunks) parser.push(chunk);
  return { events, retries, lastEventId: parser.lastEventId };
}

function cut(text: string, cuts: readonly number[]): string[] {
  const at = [...new Set(cuts.map((each) => each % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
}

describe("EventParser", () => {
  it("reads messages however the stream is cut", () => {
    const messages = fc.array(fc.string({ unit: "grapheme" }), { maxLength: 8 });
    fc.assert(
      fc.property(messages, fc.array(fc.nat(500)), (texts, cuts) => {
        const stream = texts.map((text) => messageBody(Buffer.from(text))).join("");
        const expected = texts.map((text) =>
          Buffer.from(text)
            .toString()
            .replace(/\r\n|\r/g, "\n"),
        );
        const { events } = parse(cut(stream, cuts));
        assert.deepEqual(
          events.map(({ data }) => data),
          expected,
        );
        assert.ok(events.every(({ type }) => type === "test"));
      }),
    );
  });

  it("handles fields, comments and line ends as in the standard", () => {
    const { events, retries } = parse([
      ": comment\r\n",
      "retry: 250\rretry: soon\n",
      "id: 1\nevent: a\ndata:  two spaces\ndata\ndata:none\n\n",
      "data: plain\r\n\r\n",
      "event: no data\n\n",
    ]);
    assert.deepEqual(retries, [250]);
    assert.deepEqual(events, [
      { type: "a", data: " two spaces\n\nnone", id: "1" },
      { type: "message", data: "plain", id: "1" },
    ]);
  });

  it("remembers an id without data", () => {
    assert.equal(parse(["id: here\n\n"]).lastEventId, "here");
    assert.equal(parse(["id: here\n\nid: bad\0id\n\n"]).lastEventId, "here");
  });

  it("neither delivers an event that was cut off nor resumes after it", () => {
    const { events, lastEventId } = parse(["id: 1\ndata: whole\n\nid: 2\ndata: half\n"]);
    assert.deepEqual(events, [{ type: "message", data: "whole", id: "1" }]);
    assert.equal(lastEventId, "1");
  });
});
