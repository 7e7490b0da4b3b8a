import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import { run } from "kafka-stack-processes";
import { give, type Order } from "../../../services/src/ops/retire";
import { freePort } from "../../support/free-port";
import { until } from "../../support/until";
import { decisionsOfSuite } from "./decisions";
import { CLUSTER } from "./pod";

/** The image's own files. */
const IMAGE = join(__dirname, "../../../images/kafka");
const OTHER = "BBBBBBBBBBBBBBBBBBBBBB";

describe("the health endpoint of a server whose Kafka has not started", function () {
  this.timeout(60_000);
  const decisions = decisionsOfSuite();
  let folder: string;
  let orders: string;
  let address: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "health-"));
    orders = mkdtempSync(join(tmpdir(), "orders-"));
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    await decisions.serve(port, 7, CLUSTER, folder, orders);
  });
  after(() => {
    for (const made of [folder, orders]) rmSync(made, { recursive: true });
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

  it("says that its TLS trusts nobody and shows nothing yet", async () => {
    assert.match(await (await fetch(`${address}/trust`)).text(), /^pod=.*\ntrusts=\nissuers=\n$/);
  });

  describe("that is given an order", () => {
    const KEY = "the key of the stack";
    const challenge = async () =>
      /^challenge=([0-9a-f]{64})$/m.exec(await quorum())?.[1] ?? assert.fail("there is none");
    const proof = (key: string, asked: string, { order = "retire", node = 7 } = {}) =>
      `Kafka-Stack ${createHmac("sha256", key).update(`POST /${order} ${node} ${asked}`).digest("hex")}`;
    const post = async (authorization?: string, path = "/retire") => {
      const response = await fetch(address + path, {
        method: "POST",
        ...(authorization && { headers: { authorization } }),
      });
      return { status: response.status, scheme: response.headers.get("www-authenticate"), text: await response.text() };
    };
    /** It answers before it carries out the order, which may end it. */
    const toldOnce = () => until("it was told", 50, async () => ((await decisions.told()) > 0 ? null : "it was not"));

    it("refuses every one while there is no key, or an empty one", async () => {
      const none = await post(proof("", await challenge()));
      assert.deepEqual([none.status, none.scheme], [403, null]);
      assert.match(none.text, /takes no orders, because it cannot read .*\/key: the next `up` makes the Secret/);
      writeFileSync(join(orders, "key"), "\n");
      const empty = await post(proof("", await challenge()));
      assert.equal(empty.status, 403);
      assert.match(empty.text, /takes no orders, because .*\/key is empty: delete the Secret kafka-orders/);
      assert.equal(await decisions.told(), 0);
    });

    it("refuses those who do not prove that they have the key, and says what is missing", async () => {
      writeFileSync(join(orders, "key"), `${KEY}\n`);
      const asked = await challenge();
      const wrong = {
        nothing: undefined,
        "another key": proof("another", asked),
        "the key itself": `Kafka-Stack ${KEY}`,
        "another scheme": proof(KEY, asked).replace("Kafka-Stack", "Bearer"),
        "a part of the proof": proof(KEY, asked).slice(0, -1),
        "more than the proof": `${proof(KEY, asked)}0`,
        "the proof for another order": proof(KEY, asked, { order: "return" }),
        "the proof for another server": proof(KEY, asked, { node: 8 }),
        "the proof for another challenge": proof(KEY, "0".repeat(64)),
      };
      for (const [what, authorization] of Object.entries(wrong)) {
        const refused = await post(authorization);
        assert.deepEqual([refused.status, refused.scheme], [401, "Kafka-Stack"], what);
        assert.match(
          refused.text,
          /^this order needs a proof that its sender knows the key of the Secret kafka-orders;/,
        );
      }
      assert.equal(await challenge(), asked, "guesses do not take the challenge from those who have the key");
      assert.equal(await decisions.told(), 0);
    });

    it("takes it by POST alone, and at its own path", async () => {
      const authorization = proof(KEY, await challenge());
      const looked = await fetch(`${address}/retire`, { headers: { authorization } });
      assert.deepEqual([looked.status, looked.headers.get("allow")], [405, "POST"]);
      assert.equal((await post(authorization, "/retire/now")).status, 404);
      assert.equal(await decisions.told(), 0);
    });

    it("carries it out once for a proof of the operations", async () => {
      const authorization = proof(KEY, await challenge());
      const told = await post(authorization);
      assert.deepEqual([told.status, told.text], [200, "ok\n"]);
      await toldOnce();
      assert.equal((await post(authorization)).status, 401, "a proof that somebody has seen is worth nothing");
      assert.equal(await decisions.told(), 1);
    });

    it("knows the proofs of the ops program, with the key that is there now", async () => {
      const { host } = new URL(address);
      const giving = async (order: Order, id = 7) => {
        const mocked = mock.method(globalThis, "fetch", (url: string, init?: RequestInit) =>
          fetched(url.replace("server:8080", host), init),
        );
        try {
          return await give(order, { id, host: "server", challenge: await challenge() }, orders);
        } finally {
          mocked.mock.restore();
        }
      };
      const fetched = globalThis.fetch;
      writeFileSync(join(orders, "key"), "a new key");
      assert.match((await giving("retire", 8)) ?? "", /needs a proof/);
      assert.equal(await giving("retire"), undefined);
      await until("it was told again", 50, async () => ((await decisions.told()) > 1 ? null : "it was not"));
      assert.equal(await decisions.told(), 2);
    });
  });

  it("lets nobody but its own pod ask it to leave", async () => {
    const outside = Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).filter(({ family, internal }) => family === "IPv4" && !internal),
    );
    assert.ok(outside[0], "this machine has no address but that of the loopback interface");
    const url = new URL("/leave?seconds=30", address);
    url.hostname = outside[0].address;
    const refused = await fetch(url);
    assert.deepEqual([refused.status, await refused.text()], [403, "only a server's own pod asks it to leave\n"]);
    assert.match(await quorum(), /^leaving=false$/m);
  });

  it("lets the server stop at once, because nobody needs it, and says that it has been asked to", async () => {
    assert.match(await quorum(), /^leaving=false$/m);
    const script = join(IMAGE, "bin/leave.sh");
    const said = await run(script, ["30", new URL(address).port]);
    assert.match(said, /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok$/);
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
