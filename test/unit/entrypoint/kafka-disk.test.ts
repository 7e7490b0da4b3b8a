import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { decisionsOfSuite } from "./decisions";

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
  const decisions = decisionsOfSuite();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "disk-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Creates a directory with files by name. */
  const lay = (directory: string, files: Record<string, string>): string => {
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
    return directory;
  };

  /** The disk's answer for files by name in each log directory; the first has the metadata. */
  const known = (...directories: Record<string, string>[]) =>
    decisions.disk(...directories.map((files, index) => lay(join(folder, String(index)), files)));

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

  describe("when a controller starts from it", () => {
    /** How it starts, and whether the disk has its identity then. */
    const start = async (files: Record<string, string>) => {
      const disk = lay(join(folder, "disk"), files);
      const says = await decisions.format(disk, lay(join(folder, "config"), { controllers: "3", brokers: "3" }));
      return { says, identified: existsSync(join(disk, "meta.properties")) };
    };

    const GONE = /^the metadata log is gone from this volume, which still has partitions: .*Give it back its volume/;
    const VOTER = { ...FORMATTED, voter: "", "recovery-point-offset-checkpoint": "" };
    const RECORDS = { [`${METADATA}/00000000000000000000.log`]: "x" };
    const SNAPSHOT = { [`${METADATA}/00000000000000004711-0000000003.checkpoint`]: "x" };
    const PARTITION = { "chatroom-0/00000000000000000000.log": "" };

    const intact = {
      "one that was formatted, and never ran": FORMATTED,
      "one that found no quorum yet": STARTED,
      "a founder that never ran": FOUNDER,
      "one that was no voter yet": { ...STARTED, "recovery-point-offset-checkpoint": "", ...PARTITION },
      "a voter with records": { ...VOTER, ...RECORDS, ...PARTITION },
      "a voter whose records are in a snapshot": { ...VOTER, ...STARTED, ...SNAPSHOT },
    };
    for (const [name, files] of Object.entries(intact)) {
      it(`keeps its identity: ${name}`, async () => {
        assert.deepEqual(await start(files), { says: "formatted", identified: true });
      });
    }

    const lost = {
      "all of its metadata log": {},
      "all but the state of its votes": { [`${METADATA}/quorum-state`]: state(1, 7) },
      "the content of its segments": STARTED,
      "all but the first voters": FOUNDER,
    };
    for (const [name, files] of Object.entries(lost)) {
      it(`has no vote any more when a voter lost ${name}, and asks the others like one with an empty disk`, async () => {
        const { says, identified } = await start({ ...VOTER, ...files });
        assert.match(says, /^waiting for controller-0, controller-2: one of them may know a quorum/);
        assert.equal(identified, false);
      });

      it(`is refused when a voter lost ${name} and partitions are there`, async () => {
        const { says, identified } = await start({ ...VOTER, ...files, ...PARTITION });
        assert.match(says, GONE);
        assert.equal(identified, true);
      });
    }

    it("still counts as used when a voter lost its metadata log, and its identity has been given up", async () => {
      await start(VOTER);
      assert.equal(await decisions.disk(join(folder, "disk")), "DATA 0");
    });
  });
});
