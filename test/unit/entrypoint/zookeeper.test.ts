import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Pod } from "./pod";

describe("Entrypoint of ZooKeeper", () => {
  const pods: Pod[] = [];
  const pod = (variables: Record<string, string | undefined> = {}) => {
    const made = new Pod({ POD_NAME: "zookeeper-2", KAFKA_POOL: "zookeeper", ...variables });
    pods.push(made);
    return made;
  };
  afterEach(() => {
    for (const made of pods.splice(0)) made.remove();
  });

  const identity = (made: Pod) => readFileSync(made.path("data-0", "data", "myid"), "utf8");

  it("starts a server with its number and its data directory", async () => {
    const made = pod();
    const { code, calls } = await made.run();
    assert.equal(code, 0);
    assert.deepEqual(calls, [
      `kafka-run-class.sh kafkastack.Main org.apache.zookeeper.server.quorum.QuorumPeerMain ${made.path("server.properties")}`,
    ]);
    assert.equal(identity(made), "3\n");
    assert.deepEqual(made.rendered(), { tickTime: "2000", dataDir: made.path("data-0", "data") });
  });

  it("counts the servers of another pool from another number", async () => {
    const made = pod({
      POD_NAME: "zookeeper-ephemeral-1",
      KAFKA_POOL: "zookeeper-ephemeral",
      ZOOKEEPER_ID_BASE: "101",
    });
    await made.run();
    assert.equal(identity(made), "102\n");
  });

  it("starts again on its own volume", async () => {
    const made = pod();
    await made.run();
    assert.equal((await made.run()).code, 0);
    assert.equal(identity(made), "3\n");
  });

  for (const name of ["ZOOKEEPER_DATA_DIR", "ZOOKEEPER_ID_BASE"]) {
    it(`refuses a pod without ${name}`, () => pod({ [name]: undefined }).refuses(new RegExp(`${name} is not set`)));
  }

  it("refuses another server's volume", async () => {
    const made = pod();
    mkdirSync(made.path("data-0", "data"));
    writeFileSync(made.path("data-0", "data", "myid"), "1\n");
    chmodSync(made.path("data-0", "data"), 0o777);
    await made.refuses(/holds data of ZooKeeper server 1, but this pod is server 3/);
  });

  it("refuses a volume that is not mounted", async () => {
    const made = pod();
    rmSync(made.path("data-0"), { recursive: true });
    await made.refuses(/the volume .*data-0 is not mounted/);
  });

  it("refuses a volume that it cannot write", async () => {
    const made = pod();
    if (process.getuid?.() === 0) chownSync(made.path("data-0"), 0, 0);
    chmodSync(made.path("data-0"), 0o555);
    await made.refuses(/the volume .*data-0 cannot be written by user \d+/);
  });
});
