import assert from "node:assert/strict";
import { heapMiB, jobResources } from "./job-resources";

describe("jobResources", () => {
  const limits = (cpu: string, limit?: string) =>
    jobResources({ requests: { cpu }, limits: { memory: "1Gi", ...(limit !== undefined && { cpu: limit }) } }).limits;

  it("include a CPU limit, which is never below the request", () => {
    assert.deepEqual(limits("50m"), { cpu: "1", memory: "1Gi" });
    assert.deepEqual(limits("1500m"), { cpu: "1500m", memory: "1Gi" });
    assert.deepEqual(limits("2"), { cpu: "2", memory: "1Gi" });
    assert.deepEqual(limits("50m", "100m"), { cpu: "100m", memory: "1Gi" });
  });
});

describe("heapMiB", () => {
  it("leave a quarter of the memory outside the heap", () => {
    assert.deepEqual(["512Mi", "1Gi", "1G", "536870912", "0.5Gi"].map(heapMiB), [384, 768, 715, 384, 384]);
    assert.equal(heapMiB(undefined), 384);
  });
});
