import assert from "node:assert/strict";
import { hostOf } from "../../src/ops/retire.js";

describe("the name of a controller by that of another", () => {
  it("has its number among the pool's servers, wherever their ids begin", () => {
    const other = { id: 9002, host: "controller-2.controller.kafka.svc" };
    assert.equal(hostOf(9000, other), "controller-0.controller.kafka.svc");
    assert.equal(hostOf(9012, other), "controller-12.controller.kafka.svc");
    assert.equal(hostOf(3, { id: 0, host: "broker-0.broker.team-1.svc" }), "broker-3.broker.team-1.svc");
    assert.equal(hostOf(1, { id: 0, host: "broker-0" }), "broker-1");
  });

  it("is not known where names have no numbers", () => {
    assert.equal(hostOf(1, { id: 0, host: "10.0.0.1" }), undefined);
    assert.equal(hostOf(1, { id: 0, host: "localhost" }), undefined);
  });
});
