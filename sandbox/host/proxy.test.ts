import assert from "node:assert/strict";
import { proxyBuildArguments, withoutProxy } from "./proxy";

describe("a proxy", () => {
  const given = { ...process.env };
  afterEach(() => {
    process.env = { ...given };
  });

  it("is not used for the sandbox, nor for what was excluded before", () => {
    process.env.NO_PROXY = "intranet,localhost";
    assert.equal(withoutProxy().no_proxy, "intranet,localhost,127.0.0.0/8,198.18.0.0/15,.svc,.cluster.local");
  });

  it("is passed to the commands of a Dockerfile by name, so that its password is on no command line", () => {
    process.env = {};
    assert.deepEqual(proxyBuildArguments(), []);
    process.env.https_proxy = "http://user:secret@proxy";
    assert.deepEqual(proxyBuildArguments(), ["--build-arg", "https_proxy"]);
  });
});
