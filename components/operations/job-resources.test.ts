import assert from "node:assert/strict";
import { jobResources } from "./job-resources";

describe("jobResources", () => {
  const limits = (cpu: string, limit?: string) =>
    jobResources({ requests: { cpu }, limits: { memory: "1Gi", ...(limit !== undefined && { cpu: limit }) } }).limits;

  it("has a CPU limit, which is never below the request", () => {
    assert.deepEqual(limits("50m"), { cpu: "1", memory: "1Gi" });
    assert.deepEqual(limits("1500m"), { cpu: "1500m", memory: "1Gi" });
    assert.deepEqual(limits("2"), { cpu: "2", memory: "1Gi" });
    assert.deepEqual(limits("50m", "100m"), { cpu: "100m", memory: "1Gi" });
  });
});
