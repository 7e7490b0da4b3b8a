import assert from "node:assert/strict";
import { servedQueues } from "./policies";

describe("the kernel's list of queues", () => {
  it("names each queue that a program serves", () => {
    const list =
      "  100  14082     0 2   128     0     0        3  1\n19818   2211     0 2   128     0     0        0  1\n";
    assert.deepEqual(servedQueues(list), [100, 19_818]);
  });

  it("is empty when no program serves one", () => {
    assert.deepEqual(servedQueues(""), []);
  });
});
