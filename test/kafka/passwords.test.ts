import {
  Admin,
  alterUserScramCredentialsV0,
  Consumer,
  findCoordinatorV6,
  Producer,
  ScramMechanisms,
} from "@platformatic/kafka";
import assert from "node:assert/strict";
import { pbkdf2Sync, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { holdersOf } from "../../components/certificates/holders";
import { accessOf } from "../../components/users/access";
import type { RightSpec } from "../../components/users/user";
import { createAuthority, issue, type KeyPair } from "../../services/src/certificates/authority";
import { keepPasswords } from "../../services/src/certificates/passwords";
import { KafkaClient } from "../../services/src/kafka/client";
import { Cluster } from "../../services/src/ops/cluster";
import { applyUsers, checkUsers } from "../../services/src/ops/users/apply";
import { showAccess } from "../../services/src/ops/users/commands";
import { usersForm } from "../../services/src/ops/users/declared";
import { isEmptyPlan } from "../../services/src/ops/users/plan";
import { readAcls } from "../../services/src/ops/users/acls";
import { readCredentials, readPasswords } from "../../services/src/ops/users/scram";
import { FakeSecrets } from "../../services/test/certificates/fake-secrets";
import { handshake } from "../support/handshake";
import { CLIENTS, ClosedServer, OUTSIDE, PASSWORDS, writeCertificate } from "./closed-server";

const NOW = new Date();
const ADDRESS = `localhost:${PASSWORDS}`;
/** What a stack file has as `kafka.external.host`, and another address of the same server that no certificate has. */
const [EXTERNAL_HOST, OTHER_HOST] = ["127.0.0.2", "127.0.0.3"];
const FROM_OUTSIDE = `${EXTERNAL_HOST}:${OUTSIDE}`;
const SMALL = ["offsets.topic.num.partitions=1"];

interface Login {
  readonly username: string;
  readonly password: string;
}

/** A user of the stack file. */
interface User {
  readonly name: string;
  readonly rights: readonly RightSpec[];
  readonly rotate?: number;
}

const ORDERS: User = {
  name: "orders",
  rights: [{ topic: "orders", groupPrefix: "orders", allow: ["produce", "consume"] }],
};
const OTHER: User = { name: "other", rights: [{ topic: "other", allow: ["produce"] }] };

/** A closed server with passwords, its authority, and the Secrets that the Jobs keep. */
class Passwords {
  private readonly folder = mkdtempSync(join(tmpdir(), "passwords-test-"));
  /** The certificate of the stack's operations. */
  readonly ops = join(this.folder, "ops");
  readonly secrets = new FakeSecrets();

  private constructor(
    readonly server: ClosedServer,
    readonly authority: KeyPair,
  ) {}

  static async prepare(): Promise<Passwords> {
    const authority = await createAuthority("kafka-ca", NOW);
    const server = await ClosedServer.prepare();
    const certificate = (name: string, hosts: readonly string[] = []) => issue(authority, { name, hosts }, NOW);
    const stack = { namespace: "test", dedicated: false, externalHost: EXTERNAL_HOST };
    const broker = holdersOf(stack)["kafka-tls-broker"] ?? assert.fail("no certificate for brokers");
    writeCertificate(server.tls, await certificate(broker.name, broker.hosts), authority);
    const made = new Passwords(server, authority);
    writeCertificate(made.ops, await certificate("kafka-ops"), authority);
    return made;
  }

  /** What the Jobs of `up` do: passwords, then users. */
  async up(...users: readonly User[]): Promise<void> {
    const holders = users.map(({ name, rotate = 1 }) => [
      `kafka-user-${name}`,
      { name, generation: rotate, bootstrap: ADDRESS },
    ]);
    const wanted = { store: "kafka-passwords", users: Object.fromEntries(holders) as never };
    await keepPasswords(this.secrets, wanted, () => Promise.resolve(this.authority.certificate));
    await this.apply(users);
  }

  apply(users: readonly User[]): Promise<void> {
    return this.asOps(async (cluster) => {
      await applyUsers(cluster, declared(users), { ...quietly, passwords: await this.mounted() });
    });
  }

  /** Whether the cluster is as declared, for who knows the passwords, or only who has one. */
  isAsDeclared(users: readonly User[], knowing = true): Promise<boolean> {
    return this.asOps(async (cluster) => {
      const passwords = knowing ? await this.mounted() : undefined;
      return isEmptyPlan(await checkUsers(cluster, declared(users), { ...quietly, passwords }));
    });
  }

  /** The Secret with all passwords, as the Job has it. */
  private mounted() {
    const directory = join(this.folder, "mounted");
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(join(directory, "..data"), { recursive: true });
    for (const [name, text] of Object.entries(this.secrets.held.get("kafka-passwords")?.data ?? {})) {
      writeFileSync(join(directory, name), text);
    }
    return readPasswords(directory);
  }

  async asOps<Result>(act: (cluster: Cluster) => Promise<Result>): Promise<Result> {
    const bootstrap = [{ host: "localhost", port: CLIENTS }];
    const client = new KafkaClient({ bootstrap, clientId: "test", tlsDirectory: this.ops });
    try {
      return await act(new Cluster(client, 60_000, new AbortController().signal));
    } finally {
      await client.close();
    }
  }

  /** What is in a user's Secret. */
  secretOf({ name }: User): Readonly<Record<string, string>> & Login {
    return (this.secrets.held.get(`kafka-user-${name}`)?.data ?? assert.fail(name)) as never;
  }

  /** A file of this name with that content. */
  file(name: string, content: string): string {
    writeFileSync(join(this.folder, name), content);
    return join(this.folder, name);
  }

  options({ username, password }: Login, address = ADDRESS) {
    return {
      clientId: "test",
      bootstrapBrokers: [address],
      tls: { ca: this.authority.certificate },
      sasl: { mechanism: "SCRAM-SHA-512" as const, username, password },
      retries: 0,
    };
  }

  /** Why somebody cannot log in; undefined when it can. */
  async whyNot(login: Login, address = ADDRESS): Promise<string | undefined> {
    const admin = new Admin(this.options(login, address));
    try {
      await admin.listTopics();
      return undefined;
    } catch (error) {
      return deepMessage(error);
    } finally {
      await admin.close().catch(() => undefined);
    }
  }

  /** Why somebody cannot write to a topic; undefined when it can. */
  async whyNotWrite(login: Login, topic: string, address = ADDRESS): Promise<string | undefined> {
    const producer = new Producer(this.options(login, address));
    try {
      await producer.send({ messages: [{ topic, value: Buffer.from("hello") }], acks: -1, idempotent: false });
      return undefined;
    } catch (error) {
      return deepMessage(error);
    } finally {
      await producer.close().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.folder, { recursive: true });
  }
}

const DENIED = /AUTHORIZATION_FAILED|not authorized/i;
const FAILED = /[Aa]uthentication failed/;

const declared = (users: readonly User[]) =>
  usersForm.parse(users.map((user) => accessOf({ ...user, authentication: "scram-sha-512" })));
const quietly = { waitMs: 60_000, print: () => undefined };

/** The messages of an error and of all that caused it. */
function deepMessage(error: unknown): string {
  const { message = "", cause, errors = [] } = error as { message?: string; cause?: unknown; errors?: unknown[] };
  const name = (error as { apiId?: string }).apiId ?? "";
  return [message, name, ...[cause, ...errors].filter((each) => each !== undefined).map(deepMessage)].join(" ");
}

describe("Users with passwords", function () {
  this.timeout(400_000);
  let access: Passwords;

  before(async () => {
    access = await Passwords.prepare();
    await access.server.launch(SMALL, true, EXTERNAL_HOST);
    await access.asOps((cluster) =>
      cluster.createTopics(
        ["orders", "other"].map((name) => ({ name, partitions: 1, replicationFactor: 1, config: {} })),
      ),
    );
    // Kafka makes the topic of groups when somebody first asks for a coordinator.
    await access.asOps((cluster) => cluster.request("finding one", "any", findCoordinatorV6.api, 0, ["x"]));
  });

  after(async () => {
    await access.close();
  });

  it("cannot log in before they are declared, and nothing says which names there are", async () => {
    const login = { username: "orders", password: "x" };
    assert.match((await access.whyNot(login)) ?? "", FAILED);
  });

  it("may do what they have rights for, and nothing else, from the first `up` on", async () => {
    await access.up(ORDERS, OTHER);
    const login = access.secretOf(ORDERS);
    assert.equal(await access.whyNotWrite(login, "orders"), undefined);
    assert.match((await access.whyNotWrite(login, "other")) ?? "", DENIED);
    assert.equal(await access.whyNotWrite(access.secretOf(OTHER), "other"), undefined);
  });

  it("consume in a group of theirs", async () => {
    const consumer = new Consumer({ ...access.options(access.secretOf(ORDERS)), groupId: "orders-1" });
    try {
      const stream = await consumer.consume({ topics: ["orders"], mode: "earliest" });
      for await (const message of stream) {
        assert.equal(message.value.toString(), "hello");
        break;
      }
    } finally {
      await consumer.close(true);
    }
  });

  it("are refused with another password, another user's, and none", async () => {
    const { username, password } = access.secretOf(ORDERS);
    for (const wrong of [`${password}x`, access.secretOf(OTHER).password, "x"]) {
      assert.match((await access.whyNot({ username, password: wrong })) ?? "", FAILED);
    }
    const plain = new Admin({ ...access.options({ username, password }), tls: undefined as never });
    await assert.rejects(plain.listTopics(), "without TLS");
    await plain.close().catch(() => undefined);
    const trusting = await createAuthority("another", NOW);
    const deceived = new Admin({ ...access.options({ username, password }), tls: { ca: trusting.certificate } });
    await assert.rejects(deceived.listTopics(), "whom it does not trust");
    await deceived.close().catch(() => undefined);
  });

  it("are served beside the listener for certificates, which takes no password", async () => {
    const ca = access.authority.certificate;
    assert.equal((await handshake("localhost", PASSWORDS, { ca })).refused, false);
    assert.equal((await handshake("localhost", CLIENTS, { ca })).refused, true);
    const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    assert.equal((await handshake("localhost", PASSWORDS, { ca, ...old })).refused, true);
  });

  it("connect with Kafka's own tools by the Secret's file", async () => {
    const { "client.properties": text = "" } = access.secretOf(ORDERS);
    const config = access.file("client.properties", text);
    const topics = await access.server.toolAs(config, ADDRESS, "org.apache.kafka.tools.TopicCommand", "--list");
    assert.match(topics, /^orders$/m);
  });

  describe("outside the cluster, where the external listener asks for passwords", () => {
    // Mocha runs this after all the tests around it, whose last one has taken the logins away.
    before(async () => {
      await access.up(ORDERS, OTHER);
    });

    it("may do what they have rights for, at the addresses that brokers have outside", async () => {
      const login = access.secretOf(ORDERS);
      const admin = new Admin(access.options(login, FROM_OUTSIDE));
      try {
        const { brokers } = await admin.metadata({ topics: ["orders"] });
        assert.deepEqual(
          [...brokers.values()].map(({ host, port }) => `${host}:${port}`),
          [FROM_OUTSIDE],
        );
      } finally {
        await admin.close();
      }
      assert.equal(await access.whyNotWrite(login, "orders", FROM_OUTSIDE), undefined);
      assert.match((await access.whyNotWrite(login, "other", FROM_OUTSIDE)) ?? "", DENIED);
      assert.match((await access.whyNotWrite(access.secretOf(OTHER), "orders", FROM_OUTSIDE)) ?? "", DENIED);
    });

    it("read with Kafka's own tools by the Secret's file, with the address outside", async () => {
      const { "client.properties": text = "" } = access.secretOf(ORDERS);
      const config = access.file("outside.properties", text.replaceAll(ADDRESS, FROM_OUTSIDE));
      const tool = "org.apache.kafka.tools.TopicCommand";
      assert.match(await access.server.toolAs(config, FROM_OUTSIDE, tool, "--list"), /^orders$/m);
      const elsewhere = access.server.toolAs(config, `${OTHER_HOST}:${OUTSIDE}`, tool, "--list");
      await assert.rejects(elsewhere, /No subject alternative names matching IP address 127\.0\.0\.3/);
    });

    it("are refused with another password, another user's, and none", async () => {
      const { username, password } = access.secretOf(ORDERS);
      for (const wrong of [`${password}x`, access.secretOf(OTHER).password, "x"]) {
        assert.match((await access.whyNot({ username, password: wrong }, FROM_OUTSIDE)) ?? "", FAILED);
      }
      assert.match((await access.whyNot({ username: "nobody", password }, FROM_OUTSIDE)) ?? "", FAILED);
    });

    it("find TLS of this century there, with the broker's certificate, and nothing without it", async () => {
      const ca = access.authority.certificate;
      assert.equal((await handshake(EXTERNAL_HOST, OUTSIDE, { ca })).refused, false);
      assert.equal((await handshake(OTHER_HOST, OUTSIDE, { ca })).refused, true, "it has not that name");
      const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
      assert.equal((await handshake(EXTERNAL_HOST, OUTSIDE, { ca, ...old })).refused, true);
      const options = access.options(access.secretOf(ORDERS), FROM_OUTSIDE);
      const plain = new Admin({ ...options, tls: undefined as never });
      await assert.rejects(plain.listTopics(), "without TLS");
      await plain.close().catch(() => undefined);
    });

    it("get in there by no certificate, not even the operations' own", async () => {
      const [host, port] = [EXTERNAL_HOST, OUTSIDE];
      const client = new KafkaClient({ bootstrap: [{ host, port }], clientId: "test", tlsDirectory: access.ops });
      try {
        const cluster = new Cluster(client, 1_000, new AbortController().signal);
        await assert.rejects(cluster.describe([]));
      } finally {
        await client.close();
      }
    });

    it("never become what the stack's own programs are", async () => {
      await set(access, "kafka-ops", "by hand");
      const login = { username: "kafka-ops", password: "by hand" };
      assert.match((await access.whyNotWrite(login, "orders", FROM_OUTSIDE)) ?? "it may", DENIED);
      await set(access, "kafka-ops");
    });
  });

  it("stay as they are when nothing changed, and are said to be so", async () => {
    assert.ok(await access.isAsDeclared([ORDERS, OTHER]));
    const before = await access.asOps(readCredentials);
    await access.up(ORDERS, OTHER);
    assert.deepEqual(await access.asOps(readCredentials), before);
    const lines = await access.asOps(async (cluster) =>
      showAccess(await readAcls(cluster), new Map(), await readCredentials(cluster)),
    );
    assert.ok(
      lines.some((line) => /^orders +the stack +log in as orders with a password$/.test(line)),
      lines.join("\n"),
    );
  });

  it("have a new password beside the one before it, which interrupts nobody, until the next", async () => {
    const first = { ...access.secretOf(ORDERS) };
    const producer = new Producer(access.options(first));
    const send = () =>
      producer.send({ messages: [{ topic: "orders", value: Buffer.from("x") }], acks: -1, idempotent: false });
    await send();
    await access.up({ ...ORDERS, rotate: 2 }, OTHER);
    const second = { ...access.secretOf(ORDERS) };
    assert.notEqual(second.password, first.password);
    assert.equal(await access.whyNotWrite(second, "orders", FROM_OUTSIDE), undefined);
    assert.equal(second.username, "orders@2");
    for (const login of [first, second]) assert.equal(await access.whyNotWrite(login, "orders"), undefined);
    await access.up({ ...ORDERS, rotate: 3 }, OTHER);
    assert.match((await access.whyNot(first)) ?? "", FAILED);
    for (const login of [second, access.secretOf(ORDERS)]) {
      assert.equal(await access.whyNotWrite(login, "orders"), undefined);
      assert.match((await access.whyNotWrite(login, "other")) ?? "", DENIED);
    }
    // A connection that is open stays, with the user's rights.
    await send();
    await producer.close();
    // A password that somebody else has got: two at once.
    await access.up({ ...ORDERS, rotate: 5 }, OTHER);
    assert.match((await access.whyNot(second)) ?? "", FAILED);
  });

  it("still log in after a restart, although others have ended before", async () => {
    await access.server.stop();
    await access.server.launch(SMALL, true, EXTERNAL_HOST);
    assert.equal(await access.whyNotWrite(access.secretOf(OTHER), "other"), undefined);
    assert.equal(await access.whyNotWrite(access.secretOf(ORDERS), "orders"), undefined);
    assert.ok(await access.isAsDeclared([{ ...ORDERS, rotate: 5 }, OTHER]));
  });

  it("are brought back when Kafka has another password, or none, and a check says so", async () => {
    const users = [{ ...ORDERS, rotate: 5 }, OTHER];
    await set(access, "other", "by hand");
    assert.equal(await access.isAsDeclared(users), false);
    assert.equal(await access.isAsDeclared(users, false), true, "who does not know the password sees one");
    await access.up(...users);
    assert.equal(await access.whyNot(access.secretOf(OTHER)), undefined);
    await set(access, "other");
    await set(access, "orders@77", "by hand");
    assert.equal(await access.isAsDeclared(users, false), false);
    await access.up(...users);
    assert.equal(await access.whyNot(access.secretOf(OTHER)), undefined);
    assert.deepEqual([...(await access.asOps(readCredentials)).keys()].sort(), ["orders@5", "other"]);
    access.secrets.held.delete("kafka-passwords");
    const late = [{ ...ORDERS, rotate: 6 }, OTHER];
    await assert.rejects(access.apply(late), /has no password of orders@6, .*, so nothing was changed|orders@6/);
  });

  it("never become what the stack's own programs are", async () => {
    await set(access, "kafka-ops", "by hand");
    await set(access, "kafka-broker@2", "by hand");
    for (const username of ["kafka-ops", "kafka-broker@2"]) {
      const login = { username, password: "by hand" };
      assert.match((await access.whyNotWrite(login, "orders")) ?? "it may", DENIED);
    }
    await set(access, "kafka-ops");
    await set(access, "kafka-broker@2");
  });

  it("cannot log in when they are declared no longer, and others are left alone", async () => {
    await set(access, "by-hand", "by hand");
    const { username, password } = access.secretOf(ORDERS);
    await access.up(OTHER);
    for (const address of [ADDRESS, FROM_OUTSIDE]) {
      assert.match((await access.whyNot({ username, password }, address)) ?? "", FAILED);
    }
    assert.equal(await access.whyNot({ username: "by-hand", password: "by hand" }), undefined);
    assert.equal(await access.whyNotWrite(access.secretOf(OTHER), "other"), undefined);
    assert.ok(await access.isAsDeclared([OTHER]));
  });
});

/** Gives a login a password by hand; without one, takes it. */
async function set(access: Passwords, name: string, password?: string): Promise<void> {
  const mechanism = ScramMechanisms.SCRAM_SHA_512;
  const [salt, iterations] = [randomBytes(16), 4_096];
  const saltedPassword = pbkdf2Sync(password ?? "", salt, iterations, 64, "sha512");
  const [gone, added] =
    password === undefined
      ? [[{ name, mechanism }], []]
      : [[], [{ name, mechanism, iterations, salt, saltedPassword }]];
  await access.asOps((cluster) =>
    cluster.request("a change by hand", "controller", alterUserScramCredentialsV0.api, gone, added),
  );
}
