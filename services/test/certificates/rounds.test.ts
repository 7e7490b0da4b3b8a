import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { CannotKeepError } from "../../src/certificates/cannot-keep.js";
import { fingerprintOf } from "../../src/certificates/authority.js";
import type { ServerWord } from "../../src/certificates/decide.js";
import { keepUpToDate, type Stack } from "../../src/certificates/rounds.js";
import { FakeSecrets } from "./fake-secrets.js";

const WAIT_MS = 60_000;
const BROKER = "kafka-tls-broker";
const STACK: Stack = {
  authority: "kafka-ca",
  holders: {
    [BROKER]: { name: "kafka-broker", hosts: ["localhost"] },
    "kafka-tls-ops": { name: "kafka-ops", hosts: [] },
    "orders/kafka": { name: "orders", hosts: [] },
  },
  scram: {
    store: "kafka-passwords",
    users: { "kafka-user-billing": { name: "billing", generation: 1, bootstrap: "kafka-bootstrap.kafka.svc:9096" } },
  },
  waitMs: WAIT_MS,
};
const WITH_TRUST = [...Object.keys(STACK.holders), "kafka-user-billing"];

const certificates = (pem = ""): string[] =>
  pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];

/** A cluster whose servers and clients take what is in their Secrets when they are told to. */
class Cluster {
  readonly secrets = new FakeSecrets();
  readonly uses = new Map<string, Readonly<Record<string, string>>>();
  readonly lines: string[] = [];
  time = Date.parse("2026-01-01T00:00:00Z");
  silent = false;

  async run(generation?: number, patienceMs = 0, onSleep: () => void = () => undefined): Promise<void> {
    const world = {
      secrets: this.secrets,
      ask: () => Promise.resolve([this.word()]),
      now: () => new Date(this.time),
      sleep: (ms: number) => {
        this.time += ms;
        onSleep();
        return Promise.resolve();
      },
      say: (line: string) => this.lines.push(line),
    };
    await keepUpToDate(world, { ...STACK, generation }, patienceMs);
  }

  take(...names: readonly string[]): void {
    for (const name of names) {
      const { data } = this.secrets.held.get(name) ?? assert.fail(`there is no ${name}`);
      this.uses.set(name, data);
    }
  }

  /** All who connect to the server, and the server to itself, trust each other. */
  check(): void {
    const server = this.uses.get(BROKER) ?? assert.fail();
    for (const [name, files] of this.uses) {
      assert.ok(isTrusted(server["tls.crt"], files["ca.crt"]), `${name} does not trust the server`);
      const own = files["tls.crt"];
      if (own !== undefined) assert.ok(isTrusted(own, server["ca.crt"]), `the server does not trust ${name}`);
    }
  }

  data(): Readonly<Record<string, string>> {
    return this.secrets.held.get(STACK.authority)?.data ?? assert.fail("there is no authority");
  }

  private word(): ServerWord {
    if (this.silent) return { server: "broker-0", silent: "no answer" };
    const { "tls.crt": own = "", "ca.crt": trusted } = this.uses.get(BROKER) ?? assert.fail();
    const authorities = certificates(trusted);
    const issuers = authorities.filter((each) => isTrusted(own, each));
    return { server: "broker-0", trusts: authorities.map(fingerprintOf), issuers: issuers.map(fingerprintOf) };
  }
}

function isTrusted(own = "", trusted = ""): boolean {
  const certificate = new X509Certificate(own);
  return certificates(trusted)
    .map((pem) => new X509Certificate(pem))
    .some((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
}

async function stack(): Promise<Cluster> {
  const cluster = new Cluster();
  await cluster.run();
  cluster.take(...WITH_TRUST);
  cluster.lines.splice(0);
  return cluster;
}

describe("Another authority", () => {
  it("goes on after an answer of the API server that was none, and gives up when that lasts for a minute", async () => {
    const cluster = await stack();
    await cluster.run(2);
    cluster.silent = true;
    cluster.secrets.failing = 3;
    await cluster.run(2, 120_000);
    assert.equal(cluster.lines.filter((line) => line === "trying again: no answer").length, 3);
    assert.match(cluster.lines.at(-1) ?? "", /is not over: the CronJob/);
    cluster.secrets.failing = Infinity;
    await assert.rejects(cluster.run(2, 600_000), /^Error: no answer$/);
    await assert.rejects(cluster.run(2), /^Error: no answer$/, "without time to wait");
  });

  it("takes the place of the first step by step, each when servers have taken the one before", async () => {
    const cluster = await stack();
    const { "tls.crt": first = "", "tls.key": oldKey = "" } = cluster.data();
    const before = new Map(cluster.uses);
    await cluster.run(2);
    for (const name of WITH_TRUST) {
      const { data } = cluster.secrets.held.get(name) ?? assert.fail();
      assert.equal(certificates(data["ca.crt"]).length, 2);
      assert.equal(data["tls.crt"], before.get(name)?.["tls.crt"], "the certificate stays");
      assert.equal(data["tls.key"], before.get(name)?.["tls.key"]);
      assert.equal(data["client.properties"]?.match(/BEGIN CERTIFICATE-----\\n/g)?.length, data["tls.crt"] ? 3 : 2);
    }
    assert.equal(cluster.data()["tls.crt"], first, "the first one still signs");
    assert.match(cluster.lines.join("\n"), /waits: broker-0 does not trust the new authority yet/);
    assert.match(cluster.lines.at(-1) ?? "", /is not over: the CronJob .* goes on/);

    cluster.take(BROKER);
    await cluster.run(2);
    assert.equal(cluster.data()["tls.crt"], first, "clients have their time");
    cluster.time += WAIT_MS;
    cluster.take(...WITH_TRUST);
    await cluster.run(2);
    const now = cluster.data();
    assert.notEqual(now["tls.crt"], first);
    assert.ok(!JSON.stringify(now).includes(JSON.stringify(oldKey).slice(1, -1)), "the first one's key is gone");
    assert.equal(new X509Certificate(now["tls.crt"] ?? "").subject, "CN=kafka-ca-2");
    for (const name of Object.keys(STACK.holders)) {
      const { data } = cluster.secrets.held.get(name) ?? assert.fail();
      assert.ok(isTrusted(data["tls.crt"], now["tls.crt"]), name);
      assert.equal(certificates(data["ca.crt"]).length, 2);
    }

    cluster.time += WAIT_MS;
    await cluster.run(2);
    assert.match(cluster.lines.join("\n"), /waits: broker-0 still shows a certificate of the previous authority/);
    cluster.take(...WITH_TRUST);
    await cluster.run(2);
    for (const name of WITH_TRUST) {
      assert.equal(cluster.secrets.held.get(name)?.data["ca.crt"], now["tls.crt"], name);
    }
    assert.deepEqual(Object.keys(cluster.data()).sort(), ["generation", "tls.crt", "tls.key"]);
    cluster.lines.splice(0);
    await cluster.run(2);
    assert.deepEqual(cluster.lines, ["all certificates are up to date"]);
  });

  it("is all done in one run that may wait, where servers and clients take their files meanwhile", async () => {
    const cluster = await stack();
    await cluster.run(2, 10 * WAIT_MS, () => {
      cluster.take(...WITH_TRUST);
      cluster.check();
    });
    assert.match(cluster.lines.at(-1) ?? "", /^orders\/kafka: other trusted|^kafka-user-billing: /);
    assert.deepEqual(Object.keys(cluster.data()).sort(), ["generation", "tls.crt", "tls.key"]);
  });

  it("leaves nobody untrusted when every other write fails and all take their files late, and comes", async () => {
    const cluster = await stack();
    const write = cluster.secrets.write.bind(cluster.secrets);
    let writes = 0;
    cluster.secrets.write = (secret) =>
      ++writes % 2 === 0 ? Promise.reject(new Error("the API server is gone")) : write(secret);
    let done = false;
    for (let turn = 0; turn < 100 && !done; turn++) {
      await cluster.run(2).catch((error: unknown) => {
        assert.match(String(error), /is gone/);
      });
      cluster.check();
      cluster.take(WITH_TRUST[turn % WITH_TRUST.length] ?? "");
      cluster.check();
      // All have taken theirs within the time that they have.
      cluster.time += WAIT_MS / WITH_TRUST.length;
      done = cluster.lines.at(-1) === "all certificates are up to date";
    }
    assert.ok(done, cluster.lines.join("\n"));
    assert.equal(cluster.data()["generation"], "2");
  });

  it("waits for a server that says nothing, names it, and is no failure", async () => {
    const cluster = await stack();
    cluster.silent = true;
    await cluster.run(2, WAIT_MS, () => {
      cluster.take(...WITH_TRUST);
    });
    assert.equal(cluster.data()["generation"], undefined);
    const waits = cluster.lines.filter((line) =>
      /waits: broker-0 does not say what it trusts \(no answer\)/.test(line),
    );
    assert.equal(waits.length, 1, "it is said once");
  });

  it("is refused when it is an earlier one, while certificates are still renewed", async () => {
    const cluster = await stack();
    await cluster.run(2);
    const { "next.crt": next } = cluster.data();
    cluster.secrets.held.delete("kafka-tls-ops");
    await assert.rejects(cluster.run(1), (error: Error) => {
      assert.ok(error instanceof CannotKeepError);
      assert.match(error.message, /authority is 1, and authority 2 exists already/);
      return true;
    });
    assert.equal(cluster.data()["next.crt"], next);
    assert.ok(cluster.secrets.held.has("kafka-tls-ops"));
  });

  it("is a new stack's own from the beginning", async () => {
    const cluster = new Cluster();
    await cluster.run(3);
    assert.equal(cluster.data()["generation"], "3");
    assert.equal(cluster.secrets.certificate(STACK.authority).subject, "CN=kafka-ca-3");
  });

  it("replaces one that has expired, too", async () => {
    const cluster = await stack();
    cluster.time += 21 * 365 * 24 * 3600 * 1000;
    await assert.rejects(cluster.run(), /expired on .*raise listeners\.internal\.authority to 2/);
    await cluster.run(2, 10 * WAIT_MS, () => {
      cluster.take(...WITH_TRUST);
    });
    cluster.take(...WITH_TRUST);
    cluster.check();
    assert.deepEqual(Object.keys(cluster.data()).sort(), ["generation", "tls.crt", "tls.key"]);
  });
});
