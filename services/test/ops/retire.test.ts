import assert from "node:assert/strict";
import { hostOf } from "../../src/ops/retire.js";

describe("a controller's name from another's", () => {
  it("has its ordinal in the pool, whatever the first id", () => {
    const other = { id: 9002, host: "controller-2.controller.kafka.svc" };
    assert.equal(hostOf(9000, other), "controller-0.controller.kafka.svc");
    assert.equal(hostOf(9012, other), "controller-12.controller.kafka.svc");
    assert.equal(hostOf(3, { id: 0, host: "broker-0.broker.team-1.svc" }), "broker-3.broker.team-1.svc");
    assert.equal(hostOf(1, { id: 0, host: "broker-0" }), "broker-1");
  });

  it("is unknown where names have no ordinals", () => {
    assert.equal(hostOf(1, { id: 0, host: "10.0.0.1" }), undefined);
    assert.equal(hostOf(1, { id: 0, host: "localhost" }), undefined);
  });
});
