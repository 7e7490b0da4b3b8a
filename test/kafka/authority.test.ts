import { Admin, Producer } from "@platformatic/kafka";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endsAt, fingerprintOf } from "../../services/src/certificates/authority";
import { keepUpToDate, type Stack } from "../../services/src/certificates/rounds";
import { wordsOf } from "../../services/src/certificates/trust";
import { FakeSecrets } from "../../services/test/certificates/fake-secrets";
import { handshake } from "../support/handshake";
import { until } from "../support/until";
import { ClosedCluster } from "./closed-cluster";

const [BROKER, CLIENT] = ["kafka-tls-broker", "kafka-tls-client"];
const TOPIC = "orders";
const STACK: Stack = {
  authority: "kafka-ca",
  holders: { [BROKER]: { name: "kafka-broker", hosts: ["localhost"] }, [CLIENT]: { name: "kafka-client", hosts: [] } },
  waitMs: 0,
};

/** Milliseconds for an exchange. */
const PATIENCE_MS = 200_000;

describe("another authority of a closed cluster that runs", function () {
  this.timeout(400_000);
  const folder = mkdtempSync(join(tmpdir(), "authority-test-"));
  const own = join(folder, "client");
  const secrets = new FakeSecrets();
  const lines: string[] = [];
  let cluster: ClosedCluster | undefined;
  const running = () => cluster ?? assert.fail("it was not started");

  const dataOf = (secret: string) => secrets.held.get(secret)?.data ?? assert.fail(`there is no ${secret}`);
  const deliver = (secret: string, directory: string) => {
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of Object.entries(dataOf(secret))) writeFileSync(join(directory, name), text);
  };
  const ask = () => wordsOf(running().servers);
  /** What the Job does. @param each called before each look at what it waits for */
  const job = (generation: number, patienceMs: number, each: () => Promise<void>) =>
    keepUpToDate(
      { secrets, ask, now: () => new Date(), sleep: each, say: (line) => lines.push(line) },
      { ...STACK, generation },
      patienceMs,
    );
  const options = () => {
    const [ca, cert, key] = ["ca.crt", "tls.crt", "tls.key"].map((name) => readFileSync(join(own, name), "utf8"));
    const bootstrapBrokers = running().ordinals.map((ordinal) => `localhost:${running().port(ordinal)}`);
    return { clientId: "test", bootstrapBrokers, tls: { ca, cert, key }, connectTimeout: 30_000, timeout: 30_000 };
  };

  before(async () => {
    cluster = await ClosedCluster.prepare();
    await job(1, 0, () => Promise.resolve());
    for (const ordinal of cluster.ordinals) deliver(BROKER, cluster.tls(ordinal));
    deliver(CLIENT, own);
    await cluster.start();
    const admin = new Admin(options());
    await admin.createTopics({ topics: [TOPIC], partitions: 3, replicas: 3 });
    await admin.close();
  });

  after(async () => {
    await cluster?.close();
    rmSync(folder, { recursive: true });
  });

  it("is none as long as every server says that it uses the first", async () => {
    const first = fingerprintOf(dataOf("kafka-ca")["tls.crt"] ?? "");
    await until("they say so", 60, async () => {
      const words = await ask();
      assert.deepEqual(
        words,
        ["broker-0", "broker-1", "broker-2"].map((server) => ({ server, trusts: [first], issuers: [first] })),
      );
      return null;
    });
  });

  it("interrupts nobody who writes, and shuts out who has a certificate of the first", async () => {
    const { "tls.crt": cert, "tls.key": key } = dataOf(CLIENT);
    const old = dataOf("kafka-ca")["tls.crt"];
    let [done, sent, connected] = [false, 0, 0];
    const send = async (producer: Producer) => {
      await producer.send({
        messages: running().ordinals.map((partition) => ({
          topic: TOPIC,
          partition,
          value: Buffer.from(String(sent)),
        })),
        acks: -1,
        idempotent: false,
      });
      sent += 3;
    };
    /** One that stays connected with its first certificate, and others that connect anew all the time. */
    const staying = new Producer(options());
    const writing = (async () => {
      while (!done) {
        await send(staying);
        const coming = new Producer(options());
        await send(coming);
        await coming.close();
        connected++;
      }
    })();
    const failed = writing.then(
      () => undefined,
      (error: unknown) => error,
    );
    try {
      await until("they write", 60, () => Promise.resolve(connected > 1 ? null : `${connected} have connected`));
      let turn = 0;
      await job(2, PATIENCE_MS, async () => {
        await sleep(300);
        // Clients have their files before the last server has.
        if (turn % 4 === 0) deliver(CLIENT, own);
        else deliver(BROKER, running().tls((turn % 4) - 1));
        turn++;
        if (turn % 4 === 0) await settled(connected, () => connected);
      });
      for (const ordinal of running().ordinals) deliver(BROKER, running().tls(ordinal));
      deliver(CLIENT, own);
      await settled(connected, () => connected);
    } finally {
      done = true;
    }
    assert.equal(await failed, undefined, lines.join("\n"));
    await staying.close();

    const { generation, "tls.crt": ca = "" } = dataOf("kafka-ca");
    assert.equal(generation, "2", lines.join("\n"));
    assert.ok(running().runs, "no server has ended");
    const next = fingerprintOf(ca);
    await until("every server trusts and shows the second alone", 60, async () => {
      for (const word of await ask()) {
        const { server } = word;
        if (JSON.stringify(word) !== JSON.stringify({ server, trusts: [next], issuers: [next] })) {
          return JSON.stringify(word);
        }
      }
      return null;
    });
    for (const ordinal of running().ordinals) {
      const port = running().port(ordinal);
      const { "tls.crt": newCert, "tls.key": newKey } = dataOf(CLIENT);
      assert.equal((await handshake("localhost", port, { ca, cert: newCert, key: newKey })).refused, false);
      assert.equal((await handshake("localhost", port, { ca, cert, key })).refused, true, "the first one's client");
      assert.equal((await handshake("localhost", port, { ca: old, cert: newCert, key: newKey })).refused, true);
    }
    assert.ok(endsAt(ca) > new Date());
  });

  /** Two more producers have connected: in between, one of them began and ended. */
  async function settled(before: number, now: () => number): Promise<void> {
    await until("others connect", 60, () => Promise.resolve(now() > before + 1 ? null : `${now() - before} have`));
  }
});
