import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runScript } from "./pod";

/** Kafka's own tool, which describes a cluster; the file `level` contains the cluster's level. */
const FEATURES = `
shift 2
[[ ! -f silent ]] || { echo "Timed out waiting for a node assignment."; exit 1; }
if [[ $1 == upgrade ]]; then
  echo "$@" >>changes
  [[ ! -f refuses ]] || { echo "1 out of 5 operation(s) failed."; exit 1; }
  echo "$3-IV0" >level
fi
printf 'Feature: kraft.version  SupportedMinVersion: 0      SupportedMaxVersion: 1     FinalizedVersionLevel: 1          Epoch: 7\\n'
printf 'Feature: metadata.version      SupportedMinVersion: 3.3-IV3      SupportedMaxVersion: 4.3-IV0     FinalizedVersionLevel: %s          Epoch: 7\\n' "$(<level)"`;

describe("metadata-version.sh", () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "metadata-"));
    mkdirSync(file("bin"));
    for (const [name, script] of Object.entries({ "kafka-features.sh": FEATURES, sleep: "exit 0" })) {
      writeFileSync(file(`bin/${name}`), `#!/usr/bin/env bash\n${script}\n`);
      chmodSync(file(`bin/${name}`), 0o755);
    }
    writeFileSync(file("level"), "4.2-IV1");
    writeFileSync(file("server.properties"), "");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const changes = () => (existsSync(file("changes")) ? readFileSync(file("changes"), "utf8") : "");
  const run = (...args: string[]) => runScript("metadata-version.sh", folder, args);

  it("accepts binaries that can read the cluster's metadata", async () => {
    const { code, said } = await run("check", "broker:9092", "4.2.1");
    assert.equal(code, 0);
    assert.match(said, /Kafka 4\.2\.1 reads the cluster's metadata version, 4\.2-IV1\n/);
  });

  // Kafka's tool knows the name of the next release, and of no later one.
  for (const level of ["4.3-IV0", "4.10-IV0", "UNKNOWN [30]"]) {
    it(`refuses binaries that cannot: ${level}`, async () => {
      writeFileSync(file("level"), level);
      const { code, said } = await run("check", "broker:9092", "4.2.1");
      assert.equal(code, 1);
      assert.match(
        said,
        /which Kafka 4\.2\.1 cannot read, and there is no way back: set kafka\.version to that release/,
      );
    });
  }

  it("accepts binaries that can read more than the cluster has", async () => {
    assert.equal((await run("check", "broker:9092", "4.3.1")).code, 0);
    assert.equal((await run("check", "broker:9092", "4.10.0")).code, 0);
  });

  it("has nothing to check before the brokers' first start", async () => {
    rmSync(file("server.properties"));
    writeFileSync(file("silent"), "");
    assert.equal((await run("check", "broker:9092", "4.2.1")).code, 0);
  });

  describe("when no broker answers", () => {
    beforeEach(() => {
      writeFileSync(file("silent"), "");
    });

    for (const version of ["4.2.1", "4.3.0", "4.10.0"]) {
      it(`accepts binaries that are no older than the running ones: ${version}`, async () => {
        writeFileSync(file("version"), "4.2.1\n");
        const { code, said } = await run("check", "broker:9092", version);
        assert.equal(code, 0);
        assert.match(
          said,
          /no broker says its metadata version \(Timed out .*\), but Kafka .* is no older than 4\.2\.1/,
        );
      });
    }

    it("refuses older ones, because they may not be able to read the metadata", async () => {
      writeFileSync(file("version"), "4.3.1\n");
      const { code, said } = await run("check", "broker:9092", "4.2.1");
      assert.equal(code, 1);
      assert.match(
        said,
        /may be too old to read it: bring a broker up, or set kafka\.version to 4\.3\.1 or a later one/,
      );
    });

    it("refuses when nobody knows which ones run", async () => {
      const { code, said } = await run("check", "broker:9092", "4.2.1");
      assert.equal(code, 1);
      assert.match(said, /may be too old to read it: bring a broker up\n$/);
    });

    it("raises nothing", async () => {
      const { code, said } = await run("raise", "broker:9092", "4.3");
      assert.equal(code, 1);
      assert.match(said, /the cluster does not say its metadata version: Timed out waiting/);
    });
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

  for (const args of [[], ["check", "broker:9092"], ["raise", "broker:9092"], ["lower", "broker:9092", "4.2"]]) {
    it(`rejects "${args.join(" ")}" as bad usage`, async () => {
      assert.equal((await run(...args)).code, 2);
    });
  }
});
