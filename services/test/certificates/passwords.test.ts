import assert from "node:assert/strict";
import { CannotKeepError } from "../../src/certificates/cannot-keep.js";
import { keepPasswords, type WantedPasswords } from "../../src/certificates/passwords.js";
import { FakeSecrets } from "./fake-secrets.js";

const CA = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const bootstrap = "kafka-bootstrap.kafka.svc:9096";
const wanted = (generation = 1): WantedPasswords => ({
  store: "kafka-passwords",
  users: {
    "kafka-user-orders": { name: "orders", generation, bootstrap },
    "billing/kafka": { name: "invoices", generation: 1, bootstrap },
  },
});

describe("The passwords of users", () => {
  let secrets: FakeSecrets;
  const keep = (generation?: number) => keepPasswords(secrets, wanted(generation), () => Promise.resolve(CA));
  const of = (secret: string) => secrets.held.get(secret)?.data ?? assert.fail(`there is no ${secret}`);
  const stored = (user: string) => JSON.parse(of("kafka-passwords")[user] ?? "") as { password: string };

  beforeEach(() => {
    secrets = new FakeSecrets();
  });

  it("are made once, each another one, and are in the user's own Secret with all that a client needs", async () => {
    const said = await keep();
    assert.equal(said.length, 3);
    const { username, password = "", ...files } = of("kafka-user-orders");
    assert.equal(username, "orders");
    assert.match(password, /^[\w-]{43}$/);
    assert.notEqual(password, of("billing/kafka")["password"]);
    assert.equal(files["ca.crt"], CA);
    assert.deepEqual(files["client.properties"]?.split("\n"), [
      `bootstrap.servers=${bootstrap}`,
      "security.protocol=SASL_SSL",
      "sasl.mechanism=SCRAM-SHA-512",
      `sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="orders" password="${password}";`,
      "ssl.truststore.type=PEM",
      "ssl.truststore.certificates=-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----",
      "",
    ]);
    assert.equal(secrets.held.get("kafka-user-orders")?.type, "kubernetes.io/basic-auth");
    assert.deepEqual(stored("orders"), { generation: 1, password });
    assert.ok(!said.join().includes(password), "it is said to nobody");
    assert.deepEqual(await keep(), []);
  });

  it("are made anew by a higher number, under another login, for that user alone", async () => {
    await keep();
    const before = { orders: of("kafka-user-orders"), invoices: of("billing/kafka") };
    await keep(2);
    const { username, password } = of("kafka-user-orders");
    assert.equal(username, "orders@2");
    assert.notEqual(password, before.orders["password"]);
    assert.deepEqual(stored("orders"), { generation: 2, password });
    assert.deepEqual(of("billing/kafka"), before.invoices);
  });

  for (const lost of ["kafka-passwords", "kafka-user-orders"]) {
    it(`survive the loss of ${lost}`, async () => {
      await keep(2);
      const { password } = of("kafka-user-orders");
      secrets.held.delete(lost);
      assert.deepEqual((await keep(2)).length, 1);
      assert.equal(of("kafka-user-orders")["password"], password);
      assert.deepEqual(stored("orders"), { generation: 2, password });
    });
  }

  it("are where they can be found again before anybody has them, also when a run ends half-way", async () => {
    const write = secrets.write.bind(secrets);
    secrets.write = (secret) =>
      secret.name === "billing/kafka" ? Promise.reject(new Error("no answer")) : write(secret);
    await assert.rejects(keep(), /no answer/);
    const { password } = stored("invoices");
    secrets.write = write;
    await keep();
    assert.equal(of("billing/kafka")["password"], password);
  });

  it("are forgotten with the user", async () => {
    await keep();
    const { "kafka-user-orders": one } = wanted().users;
    await keepPasswords(
      secrets,
      { store: "kafka-passwords", users: { "kafka-user-orders": one ?? assert.fail() } },
      () => Promise.resolve(CA),
    );
    assert.deepEqual(Object.keys(of("kafka-passwords")), ["orders"]);
  });

  it("are never written over what somebody else keeps, nor over a certificate, before anything is written", async () => {
    for (const [foreign, problem] of [
      [{ own: false }, /this stack did not make/],
      [{ type: "kubernetes.io/tls" }, /never changes the type/],
    ] as const) {
      secrets = new FakeSecrets();
      await secrets.write({ name: "billing/kafka", data: { mine: "x" }, ...foreign });
      await assert.rejects(keep(), (error: Error) => error instanceof CannotKeepError && problem.test(error.message));
      assert.deepEqual([...secrets.held.keys()], ["billing/kafka"]);
    }
  });
});
