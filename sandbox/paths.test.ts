import assert from "node:assert/strict";
import { join } from "node:path";
import { checkout, pathsOf, sandboxRoot } from "./paths";

describe("the paths of a sandbox", () => {
  const given = process.env.SANDBOX_ROOT;
  afterEach(() => {
    if (given === undefined) delete process.env.SANDBOX_ROOT;
    else process.env.SANDBOX_ROOT = given;
  });

  it("are in the checkout by default", () => {
    delete process.env.SANDBOX_ROOT;
    assert.equal(sandboxRoot(), join(checkout, ".sandbox"));
    process.env.SANDBOX_ROOT = "/elsewhere";
    assert.equal(sandboxRoot(), "/elsewhere");
  });

  it("are different for each node", () => {
    const { node } = pathsOf("/x");
    const one = new Set(Object.values(node("node-0")));
    assert.ok(Object.values(node("node-1")).every((path: string) => !one.has(path)));
  });

  it("refuse a directory too deep for unix sockets, with the limit", () => {
    assert.throws(
      () => pathsOf(`/${"x".repeat(90)}`),
      /too long for the unix sockets below it: it may have at most \d+ bytes/,
    );
  });
});
