import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Decisions } from "./decisions";

const METADATA = "__cluster_metadata-0";
const state = (leaderId: number, leaderEpoch: number) =>
  JSON.stringify({ leaderId, leaderEpoch, votedId: -1, votedDirectoryId: "AAAAAAAAAAAAAAAAAAAAAA", data_version: 1 });
/** The files of formatting, and those that Kafka adds while there is no quorum. */
const FORMATTED = { "meta.properties": "version=1", "bootstrap.checkpoint": "x" };
const STARTED = {
  ...FORMATTED,
  [`${METADATA}/00000000000000000000.log`]: "",
  [`${METADATA}/partition.metadata`]: "x",
  [`${METADATA}/quorum-state`]: state(-1, 0),
};
const FOUNDER = { ...FORMATTED, [`${METADATA}/00000000000000000000-0000000000.checkpoint`]: "voters" };

describe("what a disk knows", function () {
  this.timeout(60_000);
  let decisions: Decisions;
  let folder: string;
  before(async () => {
    decisions = await Decisions.start();
  });
  after(() => {
    decisions.stop();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "disk-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** The disk's answer for files by name in each log directory; the first has the metadata. */
  const known = (...directories: Record<string, string>[]) => {
    const paths = directories.map((files, index) => {
      const directory = join(folder, String(index));
      mkdirSync(directory, { recursive: true });
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(directory, name)), { recursive: true });
        writeFileSync(join(directory, name), text);
      }
      return directory;
    });
    return decisions.disk(...paths);
  };

  it("is nothing when it is empty, formatted, or has waited for a quorum in vain", async () => {
    assert.equal(await decisions.disk(join(folder, "absent")), "NOTHING 0");
    assert.equal(await known({}), "NOTHING 0");
  });

  for (const [name, files] of Object.entries({ FORMATTED, STARTED, FOUNDER })) {
    it(`is nothing before there was a quorum: ${name.toLowerCase()}`, async () => {
      assert.equal(await known(files, FORMATTED), "NOTHING 0");
    });
  }

  it("is a quorum once there was a leader", async () => {
    assert.equal(await known({ ...STARTED, [`${METADATA}/quorum-state`]: state(1, 7) }), "QUORUM 7");
  });

  it("is a quorum when the metadata log has records, though there is no leader now", async () => {
    const records = { [`${METADATA}/quorum-state`]: state(-1, 8), [`${METADATA}/00000000000000000000.log`]: "x" };
    assert.equal(await known({ ...STARTED, ...records }), "QUORUM 8");
  });

  it("is a quorum when there is only a snapshot of the metadata", async () => {
    assert.equal(await known({ [`${METADATA}/00000000000000004711-0000000003.checkpoint`]: "x" }), "QUORUM 0");
  });

  it("is a vote when there was an epoch, and never a leader", async () => {
    assert.equal(await known({ ...STARTED, [`${METADATA}/quorum-state`]: state(-1, 1) }), "VOTE 1");
  });

  it("is data when there are or were partitions, and no metadata", async () => {
    const partition = { ...FORMATTED, "chatroom-0/00000000000000000000.log": "" };
    assert.equal(await known(partition), "DATA 0");
  });

  it("is data when one of several volumes was used, and the metadata's is empty", async () => {
    assert.equal(await known({}, { ...FORMATTED, "recovery-point-offset-checkpoint": "" }), "DATA 0");
  });

  it("is nothing while it is being formatted", async () => {
    assert.equal(await known({ "meta.properties.tmp": "version=1", "bootstrap.checkpoint.tmp": "x" }), "NOTHING 0");
    assert.equal(await known({ "bootstrap.checkpoint": "x", "meta.properties.tmp": "" }, FORMATTED), "NOTHING 0");
  });

  it("is data when it was used, and has lost the mark of its cluster", async () => {
    assert.equal(await known({ "recovery-point-offset-checkpoint.tmp": "" }), "DATA 0");
  });

  it("is nothing when one of several volumes was formatted, and Kafka has never written to it", async () => {
    assert.equal(await known({}, FORMATTED), "NOTHING 0");
  });
});
