import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../support/free-port";
import { decisionsOfSuite } from "./decisions";

const member = (id: number, role = "participant") => `server.${id}=127.0.0.1:2888:3888:${role};2181`;

describe("a ZooKeeper server with an empty disk", function () {
  this.timeout(60_000);
  const decisions = decisionsOfSuite();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "zookeeper-"));
    writeFileSync(join(folder, "list"), `${member(1)}\n${member(2)}\n`);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** A data directory: `epoch` is the last one that the server took part in, 0 for a new server. */
  const disk = (id: number, epoch: number) => {
    const directory = join(folder, `disk-${id}`);
    mkdirSync(join(directory, "version-2"), { recursive: true });
    writeFileSync(join(directory, "myid"), `${id}\n`);
    if (epoch > 0) {
      writeFileSync(join(directory, "version-2", "acceptedEpoch"), `${epoch}\n`);
      writeFileSync(join(directory, "zoo.cfg.dynamic.100000000"), `${member(2)}\n`);
      writeFileSync(join(directory, "zoo.cfg"), `dynamicConfigFile=${join(directory, "zoo.cfg.dynamic.100000000")}\n`);
    }
    return directory;
  };
  const starts = async (peer: string, own: string) =>
    decisions.zookeeper(await freePort(), peer, own, join(folder, "list"));

  it("founds the ensemble when every other server has never met a leader", async () => {
    const own = disk(1, 0);
    assert.equal(await starts(disk(2, 0), own), `version=0 ${member(1)} ${member(2)}`);
    assert.ok(existsSync(join(own, "initialize")), "it may vote with an empty disk");
  });

  it("joins the ensemble that another server knows, without a vote", async () => {
    const own = disk(1, 0);
    assert.equal(await starts(disk(2, 5), own), `version=0 ${member(1, "observer")} ${member(2)}`);
    assert.ok(!existsSync(join(own, "initialize")), "it may not vote with an empty disk");
  });

  it("waits when another server answers at a peer's address", async () => {
    assert.equal(await starts(disk(3, 0), disk(1, 0)), "waiting");
  });

  it("waits when the peer's disk cannot be read", async () => {
    const peer = disk(2, 0);
    mkdirSync(join(peer, "version-2", "acceptedEpoch"));
    assert.equal(await starts(peer, disk(1, 0)), "waiting");
  });
});
