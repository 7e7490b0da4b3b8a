import assert from "node:assert/strict";
import { judge, type Written } from "../../faults/judge";

/** Records of partition 0. */
const records = (...sequences: number[]): Written[] => sequences.map((sequence) => ({ partition: 0, sequence }));
const NOTHING_WRONG = { lost: 0, duplicated: 0, outOfOrder: 0 };

describe("the judgement of a fault", () => {
  it("finds nothing wrong with a log that has everything once and in order", () => {
    assert.deepEqual(judge(records(0, 1, 2), records(0, 1, 2)), { acknowledged: 3, read: 3, ...NOTHING_WRONG });
  });

  it("ignores a record whose fate the writer did not learn", () => {
    assert.deepEqual(judge(records(0, 2), records(0, 1, 2)), { acknowledged: 2, read: 3, ...NOTHING_WRONG });
    assert.deepEqual(judge(records(0, 2), records(0, 2)), { acknowledged: 2, read: 2, ...NOTHING_WRONG });
  });

  it("counts lost, duplicate and late records", () => {
    assert.equal(judge(records(0, 1, 2), records(0, 2)).lost, 1);
    assert.equal(judge(records(0, 1), records(0, 1, 1, 0)).duplicated, 2);
    assert.equal(judge(records(0, 1, 2), records(0, 2, 1)).outOfOrder, 1);
  });

  it("judges each partition by itself", () => {
    const both = [...records(0, 1), { partition: 1, sequence: 0 }];
    assert.deepEqual(judge(both, [...both].reverse()), {
      acknowledged: 3,
      read: 3,
      lost: 0,
      duplicated: 0,
      outOfOrder: 1,
    });
    assert.equal(judge(both, records(0, 1)).lost, 1);
  });
});
