import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../support/free-port";
import { until } from "../../support/until";
import { decisionsOfSuite } from "./decisions";
import { CLUSTER } from "./pod";

const OTHER = "BBBBBBBBBBBBBBBBBBBBBB";

describe("the health endpoint of a server whose Kafka has not started", function () {
  this.timeout(60_000);
  const decisions = decisionsOfSuite();
  let folder: string;
  let address: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "health-"));
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    await decisions.serve(port, 7, CLUSTER, folder);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const quorum = async () => (await fetch(`${address}/quorum`)).text();

  it("says that its disk knows nothing, but only to those who ask for this server", async () => {
    const answer = await quorum();
    assert.equal(await decisions.understand(7, CLUSTER, answer), "NOTHING");
    assert.equal(await decisions.understand(6, CLUSTER, answer), "silent");
    assert.equal(await decisions.understand(7, OTHER, answer), "silent");
  });

  it("says that its disk knows a quorum as soon as it does", async () => {
    mkdirSync(join(folder, "__cluster_metadata-0"));
    writeFileSync(join(folder, "__cluster_metadata-0", "quorum-state"), '{"leaderId":1,"leaderEpoch":7,"votedId":-1}');
    const answer = await quorum();
    assert.equal(await decisions.understand(7, CLUSTER, answer), "QUORUM");
    // Servers of the previous version look for this.
    assert.match(answer, /\nepoch=7\n/);
  });

  it("answers nothing that counts while the disk cannot be read", async () => {
    rmSync(join(folder, "__cluster_metadata-0"), { recursive: true });
    mkdirSync(join(folder, "__cluster_metadata-0", "quorum-state"), { recursive: true });
    const answer = await quorum();
    assert.doesNotMatch(answer, /epoch=/);
    assert.equal(await decisions.understand(7, CLUSTER, answer), "silent");
  });

  it("reads an answer of the previous version as a quorum, and not as none", async () => {
    const before = (epoch: number) => `state=follower\nleader=1\nepoch=${epoch}\nhighWatermark=9\n`;
    assert.equal(await decisions.understand(7, CLUSTER, before(3)), "QUORUM");
    assert.equal(await decisions.understand(7, CLUSTER, before(0)), "silent");
    assert.equal(await decisions.understand(7, CLUSTER, ""), "silent");
  });

  it("accepts orders by POST alone", async () => {
    const looked = await fetch(`${address}/retire`);
    assert.deepEqual([looked.status, looked.headers.get("allow"), await decisions.told()], [405, "POST", 0]);
    const told = await fetch(`${address}/retire`, { method: "POST" });
    assert.deepEqual([told.status, await told.text()], [200, "ok\n"]);
    // It answers before it carries out the order, which may end it.
    await until("it was told", 50, async () => ((await decisions.told()) > 0 ? null : "it was not"));
    assert.equal(await decisions.told(), 1);
  });

  it("lets the server stop at once, because nobody needs it, and says that it has been asked to", async () => {
    assert.match(await quorum(), /^leaving=false$/m);
    const left = await fetch(`${address}/leave?seconds=30`);
    assert.equal(left.status, 200);
    assert.match(await quorum(), /^leaving=true$/m);
  });

  it("asks again for a time to leave that is none", async () => {
    for (const query of ["", "?seconds=", "?seconds=abc", "?seconds=-1", "?seconds=99999999999999999999"]) {
      const { status } = await fetch(`${address}/leave${query}`);
      assert.equal(status, 400, query);
    }
  });

  it("answers although many connections never finish their request", async () => {
    const { port } = new URL(address);
    const sockets = Array.from({ length: 64 }, () => connect(Number(port), "127.0.0.1"));
    try {
      await Promise.all(sockets.map((socket) => once(socket, "connect")));
      for (const socket of sockets) socket.on("error", () => undefined).write("GET /quorum HTTP/1.1\r\n");
      // One that came in between may be given up with them; probes and peers ask again.
      await until("it answers", 50, async () => ((await fetch(`${address}/quorum`)).ok ? null : "it refuses"));
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  it("keeps the only controller until brokers that stop beside it have stopped", async () => {
    assert.match(await decisions.last(0, true, ["broker-1", "broker-2"]), /^broker-1, broker-2 had not yet handed/);
    assert.match(await decisions.last(2_500, true, ["broker-1"]), /^broker-1 had not yet handed/);
    // A broker of the same node may be asked to stop a moment later.
    assert.match(await decisions.last(0, true), /may stop, too/);
    assert.equal(await decisions.last(2_500, true), "null");
    assert.equal(await decisions.last(0, false), "null");
  });
});
