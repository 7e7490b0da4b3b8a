import assert from "node:assert/strict";
import { HttpError } from "../../src/kchat/http-error.js";
import { RoomWriter } from "../../src/kchat/room-writer.js";
import { FakeBroker } from "../fake-broker.js";

const refusal = (status: number, reason: string) => (error: unknown) => {
  assert.ok(error instanceof HttpError);
  assert.deepEqual([error.statusCode, error.reason], [status, reason]);
  assert.equal(error.retryAfterSeconds !== undefined, status === 503);
  return true;
};

describe("RoomWriter", () => {
  let broker: FakeBroker;

  beforeEach(() => {
    broker = new FakeBroker();
  });

  it("limits waiting messages while Kafka is away, acknowledges them when Kafka is back, and accepts more again", async () => {
    const writer = new RoomWriter(broker, { bufferBytes: 10_240, timeoutMs: 60_000 });
    await writer.append("room", Buffer.from("before"));
    broker.faults.push(...Array.from({ length: 3 }, () => "lost before" as const));
    const answers = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) => writer.append("room", Buffer.from(`message ${index}`))),
    );
    const taken = answers.filter(({ status }) => status === "fulfilled");
    // Each counts for its bytes and 1 KiB.
    assert.equal(taken.length, 9);
    for (const answer of answers) if (answer.status === "rejected") refusal(503, "buffer_full")(answer.reason);
    assert.equal(writer.bufferedBytes, 0);
    await writer.append("room", Buffer.from("after"));
    const kept = Array.from({ length: 9 }, (_, index) => `message ${index}`);
    assert.deepEqual(broker.log, ["before", ...kept, "after"]);
  });

  it("answers 503 when Kafka does not acknowledge in time, and keeps nothing", async () => {
    const writer = new RoomWriter(broker, { bufferBytes: 10_240, timeoutMs: 100 });
    broker.faults.push(...Array.from({ length: 100 }, () => "no leader" as const));
    await assert.rejects(writer.append("room", Buffer.from("lost")), refusal(503, "not_acknowledged"));
    assert.equal(writer.bufferedBytes, 0);
  });

  it("answers 503 for a room whose topic does not exist yet, and finds it once it does", async () => {
    const writer = new RoomWriter(broker, { bufferBytes: 10_240, timeoutMs: 2_000 });
    await assert.rejects(writer.append("other", Buffer.from("early")), refusal(503, "not_acknowledged"));
    assert.deepEqual(await writer.append("room", Buffer.from("there")), { partition: 0, offset: 0 });
  });

  it("answers 413 for a message that the topic does not accept", async () => {
    const writer = new RoomWriter(broker, { bufferBytes: 10_240, timeoutMs: 60_000 });
    broker.faults.push("too large");
    await assert.rejects(writer.append("room", Buffer.from("large")), refusal(413, "body_too_large"));
  });
});
