import { ApiException } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { reasonOf } from "./report-failure";

describe("the reason of a failure", () => {
  it("is the error's message, with all its lines", () => {
    assert.equal(reasonOf(new Error("two things are wrong:\n  one\n  two")), "two things are wrong:\n  one\n  two");
    assert.equal(reasonOf("a word"), "a word");
  });

  it("is what the API server says, and not its headers", () => {
    const body = JSON.stringify({ kind: "Status", message: "pods is forbidden" });
    assert.equal(reasonOf(new ApiException(403, "Forbidden", body, { date: "today" })), "pods is forbidden");
  });

  it("comes with what to do when the API server is not reached", () => {
    const error = new Error("the Kubernetes API server https://10.0.0.1 cannot be reached: ECONNREFUSED");
    assert.match(reasonOf(error), /ECONNREFUSED \(the sandbox starts with: npm run sandbox -- up\)$/);
  });
});
