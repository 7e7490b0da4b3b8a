import assert from "node:assert/strict";
import fc from "fast-check";
import { createAuthority, issue, VALID_MS, whyIssue, type Holder } from "../../src/certificates/authority.js";
import { CannotKeepError } from "../../src/certificates/cannot-keep.js";
import { keepCertificates as keep, type Wanted } from "../../src/certificates/keep.js";
import { FakeSecrets } from "./fake-secrets.js";

const START = new Date("2026-01-01T00:00:00Z");
const DAY = 24 * 3600 * 1000;
const after = (days: number): Date => new Date(START.getTime() + days * DAY);

const BROKER: Holder = { name: "kafka-broker", hosts: ["localhost", "*.broker.kafka.svc", "192.0.2.7"] };
const WANTED: Wanted = {
  authority: "kafka-ca",
  holders: { "kafka-tls-broker": BROKER, "kafka-tls-client": { name: "kafka-client", hosts: [] } },
};

const keepCertificates = async (secrets: FakeSecrets, wanted: Wanted, now: Date) =>
  (await keep(secrets, wanted, now)).said;

describe("The certificates of a stack", () => {
  it("are created once, by one authority, for their declared names", async () => {
    const secrets = new FakeSecrets();
    assert.equal((await keepCertificates(secrets, WANTED, START)).length, 3);
    const [authority, broker, client] = ["kafka-ca", "kafka-tls-broker", "kafka-tls-client"].map((name) =>
      secrets.certificate(name),
    );
    assert.ok(authority?.ca);
    for (const each of [broker, client]) {
      assert.ok(each?.checkIssued(authority) && each.verify(authority.publicKey));
      assert.equal(each?.ca, false);
      assert.equal(each.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
    }
    assert.equal(broker?.subject, "CN=kafka-broker");
    assert.equal(broker.subjectAltName, "DNS:localhost, DNS:*.broker.kafka.svc, IP Address:192.0.2.7");
    assert.ok(broker.checkHost("broker-12.broker.kafka.svc"));
    assert.equal(client?.subjectAltName, undefined);
    assert.deepEqual(client?.keyUsage, ["1.3.6.1.5.5.7.3.2"]);
    assert.deepEqual(await keepCertificates(secrets, WANTED, START), []);
  });

  it("are never written over what somebody else keeps", async () => {
    const secrets = new FakeSecrets();
    secrets.held.set("orders/database", { name: "orders/database", data: { password: "x" }, own: false });
    const wanted = { ...WANTED, holders: { ...WANTED.holders, "orders/database": { name: "orders", hosts: [] } } };
    await assert.rejects(keepCertificates(secrets, wanted, START), (error: Error) => {
      assert.ok(error instanceof CannotKeepError);
      assert.match(error.message, /orders\/database is a Secret that this stack did not make/);
      return true;
    });
    assert.deepEqual([...secrets.held.keys()], ["orders/database"]);
  });

  it("of users have the brokers' address in the file for their clients", async () => {
    const secrets = new FakeSecrets();
    const bootstrap = "kafka-bootstrap.kafka.svc:9092";
    await keepCertificates(
      secrets,
      { ...WANTED, holders: { "orders/kafka": { name: "orders", hosts: [], bootstrap } } },
      START,
    );
    const file = secrets.held.get("orders/kafka")?.data["client.properties"] ?? "";
    assert.match(file, /^bootstrap\.servers=kafka-bootstrap\.kafka\.svc:9092$/m);
    assert.equal(secrets.certificate("orders/kafka").subject, "CN=orders");
  });

  it("come with a file for Kafka's own clients", async () => {
    const secrets = new FakeSecrets();
    await keepCertificates(secrets, WANTED, START);
    const { data } = secrets.held.get("kafka-tls-client") ?? assert.fail();
    const properties = new Map(
      (data["client.properties"] ?? "")
        .trim()
        .split("\n")
        .map((line) => [line.replace(/=.*/, ""), line.replace(/^[^=]*=/, "").replaceAll("\\n", "\n")]),
    );
    assert.equal(properties.get("security.protocol"), "SSL");
    assert.equal(properties.get("ssl.keystore.certificate.chain"), data["tls.crt"]?.trim());
    assert.equal(properties.get("ssl.keystore.key"), data["tls.key"]?.trim());
    assert.equal(properties.get("ssl.truststore.certificates"), data["ca.crt"]?.trim());
    assert.match(data["tls.key"] ?? "", /^-----BEGIN PRIVATE KEY-----/);
  });

  it("are renewed when less than a third of their validity is left; the authority stays", async () => {
    const secrets = new FakeSecrets();
    await keepCertificates(secrets, WANTED, START);
    const authority = secrets.held.get("kafka-ca");
    const serial = secrets.certificate("kafka-tls-broker").serialNumber;
    assert.deepEqual(await keepCertificates(secrets, WANTED, after(240)), []);
    assert.equal((await keepCertificates(secrets, WANTED, after(250))).length, 2);
    assert.notEqual(secrets.certificate("kafka-tls-broker").serialNumber, serial);
    assert.deepEqual(secrets.held.get("kafka-ca"), authority);
  });

  it("expire a third of their validity after renewal is due", async () => {
    const authority = await createAuthority("kafka-ca", START);
    const first = await issue(authority, BROKER, START);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 18 * 365 }), async (day) => {
        const due = (await whyIssue(first, authority, BROKER, after(day))) !== undefined;
        assert.equal(due, day > (365 * 2) / 3, `day ${day}`);
      }),
      { numRuns: 40 },
    );
  });

  it("are renewed for other names, another authority, a missing Secret, and an unreadable certificate", async () => {
    const secrets = new FakeSecrets();
    await keepCertificates(secrets, WANTED, START);
    const holders = { ...WANTED.holders, "kafka-tls-broker": { ...BROKER, hosts: ["kafka.example.com"] } };
    assert.deepEqual(
      (await keepCertificates(secrets, { ...WANTED, holders }, START)).map((line) => line.split(":")[0]),
      ["kafka-tls-broker"],
    );
    secrets.held.delete("kafka-tls-client");
    assert.equal((await keepCertificates(secrets, { ...WANTED, holders }, START)).length, 1);
    const broken = secrets.held.get("kafka-tls-client") ?? assert.fail();
    secrets.held.set("kafka-tls-client", { ...broken, data: { ...broken.data, "tls.crt": "none" } });
    assert.equal((await keepCertificates(secrets, { ...WANTED, holders }, START)).length, 1);
    const other = await issue(await createAuthority("kafka-ca", START), BROKER, START);
    const own = await createAuthority("kafka-ca", START);
    assert.match((await whyIssue(other, own, BROKER, START)) ?? "", /authority/);
  });

  it("are not issued by a second authority while somebody trusts the first, nor by an expired one", async () => {
    const secrets = new FakeSecrets();
    await keepCertificates(secrets, WANTED, START);
    const authority = secrets.held.get("kafka-ca") ?? assert.fail();
    const before = new Map(secrets.held);
    secrets.held.delete("kafka-ca");
    await assert.rejects(keepCertificates(secrets, WANTED, START), CannotKeepError);
    assert.equal(secrets.held.has("kafka-ca"), false);
    secrets.held.set("kafka-ca", authority);
    await assert.rejects(keepCertificates(secrets, WANTED, after(20 * 365 + 1)), /expired on/);
    assert.deepEqual(secrets.held, before);
  });

  it("expire with the authority, and are not renewed each day then", async () => {
    const secrets = new FakeSecrets();
    await keepCertificates(secrets, WANTED, START);
    const late = after(20 * 365 - 100);
    const said = await keepCertificates(secrets, WANTED, late);
    assert.match(said[0] ?? "", /the authority expires on/);
    assert.ok(secrets.certificate("kafka-tls-broker").validToDate.getTime() - late.getTime() < VALID_MS);
    assert.equal((await keepCertificates(secrets, WANTED, after(20 * 365 - 99))).length, 1);
  });
});
