import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runScript } from "./pod";

/** A member in ZooKeeper's form. */
const member = (id: number) => `server.${id}=zookeeper-${id - 1}.zookeeper:2888:3888:participant;2181`;

/** An ensemble in a folder: `ensemble` has its members, `silent` makes it not answer. */
const SHELL = `
[[ ! -f silent ]] || { echo "Connection refused"; exit 1; }
if [[ $3 == config ]]; then cat ensemble; echo "version=100000000"; exit; fi
echo "$@" >>changes
shift 3
while (($#)); do
  IFS=, read -ra items <<<"$2"
  for item in "\${items[@]}"; do
    if [[ $1 == -add ]]; then echo "$item" >>ensemble; else sed -i "/^server[.]$item=/d" ensemble; fi
  done
  shift 2
done`;

describe("zookeeper-members.sh", () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "members-"));
    mkdirSync(file("bin"));
    // Its own name is the first argument, as for all commands below.
    const commands = {
      "zookeeper-shell.sh": `set -- shell "$@"\n${SHELL}`,
      sleep: "exit 0",
    };
    for (const [name, script] of Object.entries(commands)) {
      writeFileSync(file(`bin/${name}`), `#!/usr/bin/env bash\n${script}\n`);
      chmodSync(file(`bin/${name}`), 0o755);
    }
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const has = (...ids: number[]) => {
    writeFileSync(file("ensemble"), ids.map((id) => `${member(id)}\n`).join(""));
    had(...ids);
  };
  /** Writes the list of the last update. */
  const had = (...ids: number[]) => {
    writeFileSync(file("members"), ids.map((id) => `${member(id)}\n`).join(""));
  };
  const members = () => readFileSync(file("ensemble"), "utf8").trimEnd().split("\n").sort();
  const changes = () =>
    existsSync(file("changes")) ? readFileSync(file("changes"), "utf8").trimEnd().split("\n") : [];
  const run = (...args: string[]) => runScript("zookeeper-members.sh", folder, args);
  const ADDRESS = "zookeeper-client:2181";
  const listed = (...ids: number[]) => ids.map(member);

  it("changes nothing when the members are as listed", async () => {
    has(1, 2, 3);
    for (const action of ["leave", "settle"]) {
      assert.equal((await run(action, ADDRESS, ...listed(1, 2, 3))).code, 0);
    }
    assert.deepEqual(changes(), []);
  });

  it("only removes unlisted members when servers are about to leave", async () => {
    has(1, 2, 3, 4, 5);
    assert.equal((await run("leave", ADDRESS, ...listed(1, 2, 3, 6))).code, 0);
    assert.deepEqual(members(), listed(1, 2, 3));
    assert.equal(changes().length, 1);
  });

  it("adds new members, and removes leftover ones, once servers have settled", async () => {
    has(1, 2, 9);
    assert.equal((await run("settle", ADDRESS, ...listed(1, 2, 3))).code, 0);
    assert.deepEqual(members(), listed(1, 2, 3));
  });

  it("has nothing to do before there is an ensemble", async () => {
    writeFileSync(file("silent"), "");
    const { code, said } = await run("leave", ADDRESS, ...listed(1, 2, 3));
    assert.equal(code, 0);
    assert.match(said, /this is the first start of the ensemble: nobody has to leave it/);
  });

  it("removes members that no list names, as of a change that stopped half-way, and where the list is gone", async () => {
    has(1, 2, 3, 4, 5);
    had(1, 2, 3);
    assert.equal((await run("leave", ADDRESS, ...listed(1, 2, 3))).code, 0);
    assert.deepEqual(members(), listed(1, 2, 3));
    has(1, 2, 3, 4, 5);
    rmSync(file("members"));
    assert.equal((await run("leave", ADDRESS, ...listed(1, 2, 3))).code, 0);
    assert.deepEqual(members(), listed(1, 2, 3));
  });

  it("lets a change go on in which nobody leaves, although the ensemble does not serve: it may be the repair", async () => {
    had(1);
    writeFileSync(file("silent"), "");
    assert.equal((await run("leave", ADDRESS, ...listed(1))).code, 0);
    assert.equal((await run("leave", ADDRESS, ...listed(1, 2, 3))).code, 0);
  });

  it("lets no server go with its vote while the ensemble does not serve", async () => {
    had(1, 2, 3, 4, 5);
    writeFileSync(file("silent"), "");
    const { code, said } = await run("leave", ADDRESS, ...listed(1, 2, 3));
    assert.equal(code, 1);
    assert.match(said, /does not answer: server\.4 server\.5 would go with their votes, .* repair the ensemble first/);
  });

  it("fails when an ensemble does not serve with its new members, and says so once", async () => {
    writeFileSync(file("silent"), "");
    const { code, said } = await run("settle", ADDRESS, ...listed(1));
    assert.equal(code, 1);
    assert.equal(said, "kafka-stack: the ensemble does not answer\n");
  });

  it("prints its usage on bad usage", async () => {
    for (const args of [[], ["leave"], ["leave", ADDRESS], ["join", ADDRESS, member(1)]]) {
      const { code, said } = await run(...args);
      assert.equal(code, 2);
      assert.match(said, /usage: zookeeper-members\.sh leave\|settle ADDRESS/);
    }
  });
});
