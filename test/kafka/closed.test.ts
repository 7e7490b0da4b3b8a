import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import { createAuthority, endsAt, issue, type KeyPair } from "../../services/src/certificates/authority";
import { KafkaClient } from "../../services/src/kafka/client";
import { readExpirations } from "../../services/src/ops/expirations";
import { createProgram } from "../../services/src/ops/program";
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

  it("says when its certificate and its authority expire, also to the operations' status", async () => {
    const { server: running, authority: issuer } = made();
    const expires = (what: string) => `kafka_stack_certificate_expiration_timestamp_seconds{certificate="${what}"}`;
    const inSeconds = (at: Date) => `${Math.floor(at.getTime() / 1000)}`;
    const lines = (await running.metrics()).split("\n");
    assert.ok(lines.includes(`${expires("server")} ${inSeconds(endsAt(running.certificate()))}`), lines.join("\n"));
    assert.ok(lines.includes(`${expires("authority")} ${inSeconds(endsAt(issuer.certificate))}`));
    const brokers = [0, 1].map((id) => ({ id, host: "localhost", port: CLIENTS + 10 * id, rack: undefined }));
    const found = await readExpirations(brokers, own);
    assert.deepEqual(
      found.map(({ of, at }) => [of, at && inSeconds(at)]),
      [
        ["broker 0", inSeconds(endsAt(running.certificate()))],
        // Nobody listens there.
        ["broker 1", undefined],
        ["operations", inSeconds(endsAt(made().pair.certificate))],
        ["the authority", inSeconds(endsAt(issuer.certificate))],
      ],
    );
    const shown: string[] = [];
    const environment = { bootstrap: `localhost:${CLIENTS}`, tlsDirectory: running.tls };
    const { signal } = new AbortController();
    const program = createProgram({ ...environment, print: (line) => shown.push(line), signal });
    await program.parseAsync(["node", "ops", "status"]);
    const table = shown.slice(shown.findIndex((line) => line.startsWith("CERTIFICATE"))).join("\n");
    assert.match(table, /^CERTIFICATE .*\nbroker 0 .* 364 days\noperations .* 364 days\nthe authority .*days$/);
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
    // Another day's, so that the two differ in their end.
    const next = await issue(issuer, BROKER, new Date(NOW.getTime() - 24 * 3600 * 1000));
    const expiration = `{certificate="server"} ${Math.floor(endsAt(next.certificate).getTime() / 1000)}\n`;
    try {
      writeCertificate(running.tls, next, issuer, ["tls.crt"]);
      await until("it says that half a certificate is refused", 60, async () => {
        assert.equal(await shows(), first);
        return running.log().includes("is refused, and the previous certificate stays in use") ? null : "it has not";
      });
      assert.equal(await shows(), first);
      assert.ok(!(await running.metrics()).includes(expiration), "what is refused is no renewal");
      writeCertificate(running.tls, next, issuer, ["tls.key"]);
      await until("it shows the renewed certificate, and says so", 60, async () => {
        if ((await shows()) === first) return "it shows the first one";
        if (!/was renewed/.test(running.log())) return "its log does not say so";
        return (await running.metrics()).includes(expiration) ? null : "its metrics do not know of it";
      });
      await until("clients came and went meanwhile", 60, () => Promise.resolve(asked > 3 ? null : `${asked} did`));
    } finally {
      done = true;
    }
    await asking;
  });
});
