import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { CLUSTER, Pod } from "./pod";

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

  it("starts a server with its id and its data directory", async () => {
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

  for (const name of ["ZOOKEEPER_DATA_DIR", "ZOOKEEPER_ID_BASE", "KAFKA_CLUSTER_ID"]) {
    it(`refuses a pod without ${name}`, () => pod({ [name]: undefined }).refuses(new RegExp(`${name} is not set`)));
  }

  it("refuses another server's volume", async () => {
    const made = pod();
    mkdirSync(made.path("data-0", "data"));
    writeFileSync(made.path("data-0", "data", "myid"), "1\n");
    chmodSync(made.path("data-0", "data"), 0o777);
    await made.refuses(/holds data of ZooKeeper server 1, but this pod is server 3/);
  });

  describe("with a volume from before volumes were marked", () => {
    /** A transaction log in which Kafka, or something else, has named its cluster. */
    const used = (text: string) => {
      const made = pod();
      mkdirSync(made.path("data-0", "data", "version-2"), { recursive: true });
      writeFileSync(made.path("data-0", "data", "myid"), "3\n");
      writeFileSync(made.path("data-0", "data", "version-2", "log.1"), `\0\x01/cluster/id\0${text}\0\xff`);
      chmodSync(made.path("data-0", "data"), 0o777);
      chmodSync(made.path("data-0", "data", "myid"), 0o666);
      return made;
    };
    const named = (id: string) => used(`{"version":"1","id":"${id}"}`);
    const mark = (made: Pod) => readFileSync(made.path("data-0", "data", "cluster.id"), "utf8");

    it("accepts its own, and marks it", async () => {
      const made = named(CLUSTER);
      assert.equal((await made.run()).code, 0);
      assert.equal(mark(made), `${CLUSTER}\n`);
    });

    it("accepts one that Kafka has never used", async () => {
      const made = used("something else");
      assert.equal((await made.run()).code, 0);
      assert.equal(mark(made), `${CLUSTER}\n`);
    });

    it("refuses that of another cluster", async () => {
      await named("BBBBBBBBBBBBBBBBBBBBBB").refuses(
        /holds the ZooKeeper data of the Kafka cluster 'B{22}', but this is/,
      );
    });
  });

  it("marks a new volume, and refuses it in another cluster", async () => {
    const made = pod();
    await made.run();
    const other = pod({ KAFKA_CLUSTER_ID: "BBBBBBBBBBBBBBBBBBBBBB", ZOOKEEPER_DATA_DIR: made.path("data-0") });
    await other.refuses(/holds the ZooKeeper data of the Kafka cluster 'A{22}', but this is cluster 'B{22}'/);
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
