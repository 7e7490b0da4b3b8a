import assert from "node:assert/strict";
import fc from "fast-check";
import { FIRST_CONTROLLER_ID, firstNodeId, nodeIds } from "./node-ids";

describe("nodeIds", () => {
  const count = fc.integer({ min: 0, max: 1000 });

  it("counts brokers from 0 and controllers from 9000", () => {
    assert.deepEqual(nodeIds("broker", 3), [0, 1, 2]);
    assert.deepEqual(nodeIds("controller", 3), [9000, 9001, 9002]);
    assert.equal(firstNodeId("controller"), FIRST_CONTROLLER_ID);
  });

  it("gives no two servers of any pools the same id", () => {
    fc.assert(
      fc.property(count, count, (brokers, controllers) => {
        const ids = [...nodeIds("broker", brokers), ...nodeIds("controller", controllers)];
        assert.equal(new Set(ids).size, brokers + controllers);
      }),
    );
  });

  it("never moves an id when the number of servers changes", () => {
    fc.assert(
      fc.property(fc.constantFrom("broker" as const, "controller" as const), count, count, (pool, one, other) => {
        const [fewer, more] = [Math.min(one, other), Math.max(one, other)];
        assert.deepEqual(nodeIds(pool, more).slice(0, fewer), nodeIds(pool, fewer));
      }),
    );
  });
});
