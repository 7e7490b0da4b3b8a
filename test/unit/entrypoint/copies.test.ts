import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../support/temporary";
import { decisionsOfSuite } from "./decisions";

const PARTITION = "chatroom-0";
const TOPIC = "q3GzSWKVQnCoKhpLbDmEIw";

describe("where a copy of a partition ends", function () {
  this.timeout(60_000);
  const decisions = decisionsOfSuite();
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });

  /** Creates a partition's directory on a disk. */
  const lay = (name = PARTITION, disk = folder): string => {
    const directory = join(disk, name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "partition.metadata"), `version: 0\ntopic_id: ${TOPIC}\n`);
    return directory;
  };
  const segment = (directory: string, base: number) => join(directory, `${String(base).padStart(20, "0")}.log`);
  /** Writes a segment with a record for each offset. @returns its file */
  const write = async (directory: string, base: number, offsets: readonly number[], epoch: number) => {
    const file = segment(directory, base);
    writeFileSync(file, "");
    for (const offset of offsets) await decisions.append(file, offset, epoch);
    return file;
  };
  const ends = (...more: string[]) => decisions.copy(PARTITION, folder, ...more);

  it("is behind the last record, in its epoch", async () => {
    const file = await write(lay(), 0, [0, 1, 2], 4);
    await decisions.append(file, 3, 7);
    assert.equal(await ends(), `4 7 ${TOPIC}`);
  });

  it("is in the last segment", async () => {
    const directory = lay();
    await write(directory, 0, [0, 1], 9);
    await write(directory, 2, [2, 3, 4], 3);
    assert.equal(await ends(), `5 3 ${TOPIC}`);
  });

  it("is where the last segment begins while that is empty, in the epoch of the one before", async () => {
    const directory = lay();
    await write(directory, 0, [0, 1], 3);
    await write(directory, 2, [], 0);
    assert.equal(await ends(), `2 3 ${TOPIC}`);
  });

  it("leaves out a batch that was torn, or is damaged", async () => {
    const file = await write(lay(), 0, [0, 1, 2], 4);
    const whole = readFileSync(file);
    truncateSync(file, whole.length - 1);
    assert.equal(await ends(), `2 4 ${TOPIC}`);
    const damaged = Buffer.from(whole);
    damaged[damaged.length - 3] = (damaged[damaged.length - 3] ?? 0) ^ 1;
    writeFileSync(file, damaged);
    assert.equal(await ends(), `2 4 ${TOPIC}`);
    writeFileSync(file, whole);
    appendFileSync(file, Buffer.alloc(4096));
    assert.equal(await ends(), `3 4 ${TOPIC}`);
  });

  it("is in the segment before, when the last one has only a torn batch", async () => {
    const directory = lay();
    await write(directory, 0, [0, 1], 3);
    truncateSync(await write(directory, 2, [2], 5), 30);
    assert.equal(await ends(), `2 3 ${TOPIC}`);
  });

  it("is kept when retention has deleted all records", async () => {
    const directory = lay();
    await write(directory, 40, [], 0);
    writeFileSync(join(directory, "leader-epoch-checkpoint"), "0\n2\n3 10\n6 40\n");
    assert.equal(await ends(), `40 6 ${TOPIC}`);
  });

  it("is 0 in an empty directory, and in one without a record", async () => {
    const directory = lay();
    assert.equal(await ends(), `0 -1 ${TOPIC}`);
    await write(directory, 0, [], 0);
    writeFileSync(join(directory, "leader-epoch-checkpoint"), "0\n1\n6 0\n");
    assert.equal(await ends(), `0 -1 ${TOPIC}`);
    rmSync(join(directory, "partition.metadata"));
    assert.equal(await ends(), "0 -1 -");
  });

  it("is found on whichever disk it is", async () => {
    const other = join(folder, "disk-1");
    await write(lay(PARTITION, other), 0, [0], 2);
    assert.equal(await ends(other), `1 2 ${TOPIC}`);
  });

  it("is nowhere when the partition is absent, is being moved or deleted, or was set aside", async () => {
    const id = "0123456789abcdef0123456789abcdef";
    for (const suffix of ["delete", "future", "stray"]) await write(lay(`${PARTITION}.${id}-${suffix}`), 0, [0], 2);
    await write(lay("chatroom-00"), 0, [0], 2);
    assert.equal(await ends(), "none");
  });

  it("is not known when a disk cannot be read, or two of them have a copy", async () => {
    await write(lay(), 0, [0], 2);
    assert.equal(await ends(join(folder, "absent")), "unknown");
    const other = join(folder, "disk-1");
    await write(lay(PARTITION, other), 0, [0], 2);
    assert.equal(await ends(other), "unknown");
    mkdirSync(segment(lay("broken-0"), 0));
    assert.equal(await decisions.copy("broken-0", folder), "unknown");
  });
});
