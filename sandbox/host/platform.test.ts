import assert from "node:assert/strict";
import { checkPlatform, ensurePackages } from "./platform";

describe("a machine", () => {
  const { platform, getuid } = process;
  const path = process.env.PATH;
  afterEach(() => {
    Object.defineProperty(process, "platform", { value: platform });
    Object.defineProperty(process, "getuid", { value: getuid });
    process.env.PATH = path;
  });
  const pretend = (property: "platform" | "getuid", value: unknown) =>
    Object.defineProperty(process, property, { value });

  it("that is a Mac is told to use kind or any cluster", () => {
    pretend("platform", "darwin");
    assert.throws(
      checkPlatform,
      /runs on Linux only, and this is darwin\. Use another cluster instead, .*kind.*npm start -- --context/,
    );
  });

  it("without root is told so, with an alternative", () => {
    pretend("platform", "linux");
    pretend("getuid", () => 1000);
    assert.throws(checkPlatform, /needs root.*Use another cluster instead/);
  });

  it("without apt is told everything that is missing, once", async () => {
    process.env.PATH = "/nowhere";
    const needed = {
      runc: "runc",
      ctr: "containerd",
      containerd: "containerd",
      "/no/such/*": "some-files",
      "/etc/passw*": "there",
    };
    await assert.rejects(
      ensurePackages(needed, () => assert.fail("nothing is installed")),
      /needs the programs of Debian's packages runc, containerd, some-files:/,
    );
  });

  it("with everything installs nothing", async () => {
    await ensurePackages({ sh: "dash" }, () => assert.fail("nothing is missing"));
  });
});
