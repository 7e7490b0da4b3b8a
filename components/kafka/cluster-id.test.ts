import assert from "node:assert/strict";
import fc from "fast-check";
import { clusterId } from "./cluster-id";

describe("clusterId", () => {
  const text = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
  const identity = fc.tuple(text, text, text);

  it("has the form of Kafka's own ids: 16 bytes as base64url", () => {
    fc.assert(
      fc.property(identity, (parts) => {
        const id = clusterId(...parts);
        assert.match(id, /^[A-Za-z0-9_-]{22}$/);
        assert.equal(Buffer.from(id, "base64url").length, 16);
      }),
    );
  });

  it("is the same for the same stack, and differs for any other", () => {
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        assert.equal(clusterId(...one), clusterId(...one));
        assert.equal(clusterId(...one) === clusterId(...other), one.join("\n") === other.join("\n"));
      }),
    );
  });

  it("differs when the same words are split differently", () => {
    assert.notEqual(clusterId("ab", "c", "d"), clusterId("a", "bc", "d"));
  });

  it("never changes: retained volumes carry it", () => {
    assert.equal(clusterId("kafka-stack", "dev", "kafka"), "OTDffVZqGLZDVNbhQV2nug");
  });
});
