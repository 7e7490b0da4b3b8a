import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import { createAuthority, issue, type KeyPair } from "../../services/src/certificates/authority";
import { KafkaClient } from "../../services/src/kafka/client";
import { answerWithoutTls, handshake, refusesPlaintext } from "../support/handshake";
import { until } from "../support/until";
import { CLIENTS, ClosedServer, CONTROLLERS, writeCertificate } from "./closed-server";

const NOW = new Date();
const YEAR = 365 * 24 * 3600 * 1000;
const BROKER = { name: "kafka-broker", hosts: ["localhost"] };
const CLIENT = { name: "kafka-client", hosts: [] };

describe("a Kafka server that is closed by certificates", function () {
  this.timeout(400_000);
  const folder = mkdtempSync(join(tmpdir(), "closed-test-"));
  const own = join(folder, "own");
  let [server, authority, pair]: [ClosedServer?, KeyPair?, KeyPair?] = [];
  const made = () => {
    assert.ok(server && authority && pair);
    return { server, authority, pair };
  };

  before(async () => {
    authority = await createAuthority("kafka-ca", new Date(NOW.getTime() - 3 * YEAR));
    pair = await issue(authority, CLIENT, NOW);
    writeCertificate(own, pair, authority);
    server = await ClosedServer.prepare();
    writeCertificate(server.tls, await issue(authority, BROKER, NOW), authority);
    await server.launch();
  });

  after(async () => {
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  for (const [what, port] of [
    ["clients", CLIENTS],
    ["controllers", CONTROLLERS],
  ] as const) {
    it(`lets in only clients with a certificate at the port of ${what}`, async () => {
      const { authority: issuer, pair: good } = made();
      const ca = issuer.certificate;
      const shown = ({ certificate: cert, key }: KeyPair): ConnectionOptions => ({ ca, cert, key });
      assert.equal((await handshake("localhost", port, shown(good))).refused, false);
      assert.equal((await handshake("localhost", port, { ca })).refused, true, "no certificate");
      const stranger = await issue(await createAuthority("kafka-ca", NOW), CLIENT, NOW);
      assert.equal((await handshake("localhost", port, shown(stranger))).refused, true, "another authority's");
      const ended = await issue(issuer, CLIENT, new Date(NOW.getTime() - 2 * YEAR));
      assert.equal((await handshake("localhost", port, shown(ended))).refused, true, "an expired one");
      const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
      assert.deepEqual(await handshake("localhost", port, { ...shown(good), ...old }), { serial: "", refused: true });
    });

    it(`answers no request without TLS at the port of ${what}`, async () => {
      const answer = await answerWithoutTls("localhost", port);
      assert.ok(refusesPlaintext(answer), answer.toString("hex"));
    });
  }

  it("is trusted by clients under its own name only", async () => {
    const by = async (host: string) => {
      const client = new KafkaClient({ bootstrap: [{ host, port: CLIENTS }], clientId: "test", tlsDirectory: own });
      try {
        return (await client.metadata([])).brokers.size;
      } finally {
        await client.close();
      }
    };
    assert.equal(await by("localhost"), 1);
    await assert.rejects(by("127.0.0.1"));
  });

  it("is reached by Kafka's own tools with the file for them", async () => {
    const { server: running } = made();
    const topic = "org.apache.kafka.tools.TopicCommand";
    await running.tool(topic, "--create", "--topic", "closed", "--partitions", "1", "--replication-factor", "1");
    assert.match(await running.tool(topic, "--list"), /^closed$/m);
  });

  it("uses a renewed certificate without a restart, and not one without its key, while clients come and go", async () => {
    const { server: running, authority: issuer, pair: good } = made();
    const options = { ca: issuer.certificate, cert: good.certificate, key: good.key };
    const shows = async () => (await handshake("localhost", CLIENTS, options)).serial;
    const first = await shows();
    let [done, asked] = [false, 0];
    const asking = (async () => {
      while (!done) {
        const bootstrap = [{ host: "localhost", port: CLIENTS }];
        const client = new KafkaClient({ bootstrap, clientId: "test", tlsDirectory: own });
        await client.metadata(["closed"]);
        await client.close();
        asked++;
      }
    })();
    const next = await issue(issuer, BROKER, NOW);
    try {
      writeCertificate(running.tls, next, issuer, ["tls.crt"]);
      await until("it says that half a certificate is refused", 60, async () => {
        assert.equal(await shows(), first);
        return running.log().includes("is refused, and the previous certificate stays in use") ? null : "it has not";
      });
      assert.equal(await shows(), first);
      writeCertificate(running.tls, next, issuer, ["tls.key"]);
      await until("it shows the renewed certificate", 60, async () =>
        (await shows()) === first ? "it does not" : null,
      );
    } finally {
      done = true;
    }
    await asking;
    assert.ok(asked > 3, `${asked} clients came`);
    assert.match(running.log(), /was renewed/);
  });
});
