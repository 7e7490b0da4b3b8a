import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outcome } from "kafka-stack-processes";
import { gateway, maxServers, nfsExports, planServers } from "./plan";
import { renderServerConfig } from "./server";

describe("NFS servers", () => {
  it("each have their own address, in the range for them", () => {
    const addresses = planServers(maxServers).map(({ address }) => address);
    assert.equal(new Set([...addresses, gateway]).size, maxServers + 1);
    assert.ok(addresses.every((address) => /^198\.19\.1\.(\d+)$/.test(address) && Number(address.split(".")[3]) < 255));
  });

  it("have device names that Linux accepts", () => {
    assert.ok(planServers(maxServers).every(({ device }) => device.length <= 15));
  });

  it("keep their addresses when there are more", () => {
    assert.deepEqual(nfsExports(5).slice(0, 3), nfsExports(3));
    assert.deepEqual(nfsExports(1), [{ server: "198.19.1.11", path: "/export" }]);
  });

  it("are refused in impossible numbers", () => {
    assert.throws(() => planServers(maxServers + 1), /from 0 to 100 NFS servers, not 101/);
  });

  it("let a disconnected client recover its state within seconds", () => {
    assert.match(renderServerConfig(), /Grace_Period = 5;/);
  });

  it("exports to the sandbox's addresses and to nobody else", () => {
    const [, everybody = "", sandbox = ""] = /EXPORT \{([^{]*)CLIENT \{([^}]*)\}/.exec(renderServerConfig()) ?? [];
    assert.match(everybody, /Access_Type = None;/);
    assert.match(sandbox, /Clients = 198\.18\.0\.0\/15; Access_Type = RW;/);
  });
});

describe("the kubelet's mount command without an NFS client in the kernel", () => {
  let directory = "";
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "mount-"));
    copyFileSync(join(__dirname, "mount.sh"), join(directory, "mount"));
    writeFileSync(join(directory, "nfs-mount"), '#!/bin/sh\necho "nfs-mount $*"\n');
    for (const name of ["mount", "nfs-mount"]) chmodSync(join(directory, name), 0o755);
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });
  const mount = (...args: string[]) => outcome(join(directory, "mount"), args);

  it("mounts NFS with the client in user space, without the options", async () => {
    const options = ["-o", "nfsvers=4.1,hard"];
    assert.equal((await mount("-t", "nfs", ...options, "a:/b", "/c d")).output, "nfs-mount a:/b /c d\n");
    assert.equal((await mount("-t", "nfs4", "a:/b", "/c")).output, "nfs-mount a:/b /c\n");
  });

  it("passes everything else to the system's mount", async () => {
    const { code, output } = await mount("--version");
    assert.equal(code, 0);
    assert.match(output, /util-linux/);
  });
});
