import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BIN } from "./pod";

/** As Kafka's own tool describes a cluster; `level` is a file with what it calls the cluster's level. */
const FEATURES = `
shift 2
[[ ! -f silent ]] || { echo "Timed out waiting for a node assignment."; exit 1; }
if [[ $1 == upgrade ]]; then
  echo "$@" >>changes
  [[ ! -f refuses ]] || { echo "1 out of 5 operation(s) failed."; exit 1; }
  echo "$3-IV0" >level
fi
printf 'Feature: kraft.version\\tSupportedMinVersion: 0\\tSupportedMaxVersion: 1\\tFinalizedVersionLevel: 1\\tEpoch: 7\\n'
printf 'Feature: metadata.version\\tSupportedMinVersion: 3.3-IV3\\tSupportedMaxVersion: 4.3-IV0\\tFinalizedVersionLevel: %s\\tEpoch: 7\\n' "$(<level)"`;

describe("metadata-version.sh", () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "metadata-"));
    mkdirSync(file("bin"));
    for (const [name, script] of Object.entries({ "kafka-features.sh": FEATURES, getent: "[[ ! -f absent ]]" })) {
      writeFileSync(file(`bin/${name}`), `#!/usr/bin/env bash\n${script}\n`);
      chmodSync(file(`bin/${name}`), 0o755);
    }
    writeFileSync(file("level"), "4.2-IV1");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const changes = () => (existsSync(file("changes")) ? readFileSync(file("changes"), "utf8") : "");
  const run = (...args: string[]) =>
    new Promise<{ code: number; said: string }>((resolve) => {
      const env = { ...process.env, PATH: `${file("bin")}:${process.env["PATH"] ?? ""}` };
      execFile(join(BIN, "metadata-version.sh"), args, { cwd: folder, env }, (error, _, said) => {
        resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, said });
      });
    });

  it("lets binaries through that can read the cluster's metadata", async () => {
    const { code, said } = await run("check", "broker:9092");
    assert.equal(code, 0);
    assert.match(said, /reads the cluster's metadata version, 4\.2-IV1\n/);
  });

  it("refuses binaries that cannot", async () => {
    writeFileSync(file("level"), "UNKNOWN [30]");
    const { code, said } = await run("check", "broker:9092");
    assert.equal(code, 1);
    assert.match(said, /raised beyond what this version of Kafka can read: set kafka\.version to at least/);
  });

  it("has nothing to check where no broker runs", async () => {
    writeFileSync(file("absent"), "");
    writeFileSync(file("silent"), "");
    assert.equal((await run("check", "broker:9092")).code, 0);
  });

  it("says when the cluster does not answer", async () => {
    writeFileSync(file("silent"), "");
    const { code, said } = await run("check", "broker:9092");
    assert.equal(code, 1);
    assert.match(said, /does not say its metadata version: Timed out waiting/);
  });

  it("raises", async () => {
    const { code, said } = await run("raise", "broker:9092", "4.3");
    assert.equal(code, 0);
    assert.equal(changes(), "upgrade --release-version 4.3\n");
    assert.match(said, /was 4\.2-IV1 and is 4\.3-IV0/);
  });

  it("fails with Kafka's words when it refuses", async () => {
    writeFileSync(file("refuses"), "");
    const { code, said } = await run("raise", "broker:9092", "4.1");
    assert.equal(code, 1);
    assert.match(said, /refuses the metadata version 4\.1: 1 out of 5/);
  });

  for (const args of [[], ["check"], ["raise", "broker:9092"], ["lower", "broker:9092", "4.2"]]) {
    it(`takes "${args.join(" ")}" for bad usage`, async () => {
      assert.equal((await run(...args)).code, 2);
    });
  }
});
