import { findCoordinatorV6 } from "@platformatic/kafka";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aclsOf } from "../../components/users/access";
import { ownAccess } from "../../components/users/own-access";
import { createAuthority, issue, type KeyPair } from "../../services/src/certificates/authority";
import { KafkaClient } from "../../services/src/kafka/client";
import { PartitionWriter } from "../../services/src/kafka/partition-writer";
import { Cluster } from "../../services/src/ops/cluster";
import { readAcls } from "../../services/src/ops/users/acls";
import { applyUsers, checkUsers } from "../../services/src/ops/users/apply";
import type { DeclaredUser } from "../../services/src/ops/users/declared";
import { isEmptyPlan } from "../../services/src/ops/users/plan";
import { readQuotas } from "../../services/src/ops/users/quotas";
import { until } from "../support/until";
import { CLIENTS, ClosedServer, writeCertificate } from "./closed-server";
import { type Attempt, RIGHTS, TOPICS } from "./rights.cases";

const NOW = new Date();
const ROOMS = ["chatroom"];
const OPS = "kafka-ops";

/** Each case has a user of its own. */
const users = Object.values(RIGHTS).map(({ right }, index) => ({ right, name: `user-${index}` }));
const own = () => ownAccess(ROOMS) as unknown as DeclaredUser[];
const declared = (): DeclaredUser[] => [
  ...own(),
  ...users.map(({ name, right }) => ({ name, acls: aclsOf([right]), quotas: {} }) as unknown as DeclaredUser),
];

/** A server with an authority, and clients with its certificates. */
class Access {
  private readonly folder = mkdtempSync(join(tmpdir(), "users-test-"));
  private readonly issued = new Set<string>();

  private constructor(
    readonly server: ClosedServer,
    private readonly authority: KeyPair,
  ) {}

  static async prepare(): Promise<Access> {
    const authority = await createAuthority("kafka-ca", NOW);
    const server = await ClosedServer.prepare();
    const broker = await issue(authority, { name: "kafka-broker", hosts: ["localhost"] }, NOW);
    writeCertificate(server.tls, broker, authority);
    return new Access(server, authority);
  }

  /** Whether whoever has a certificate with that name may do something. */
  async may(name: string, act: Attempt): Promise<boolean> {
    return (await this.as(name, act)) === undefined;
  }

  async as<Result>(name: string, act: (client: KafkaClient) => Promise<Result>): Promise<Result> {
    const directory = join(this.folder, name);
    if (!this.issued.has(name)) {
      writeCertificate(directory, await issue(this.authority, { name, hosts: [] }, NOW), this.authority);
      this.issued.add(name);
    }
    const bootstrap = [{ host: "localhost", port: CLIENTS }];
    const client = new KafkaClient({ bootstrap, clientId: "test", tlsDirectory: directory });
    try {
      return await act(client);
    } finally {
      await client.close();
    }
  }

  /** What the stack's own operations do. */
  ops<Result>(act: (cluster: Cluster) => Promise<Result>): Promise<Result> {
    return this.as(OPS, (client) => act(new Cluster(client, 60_000, new AbortController().signal)));
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.folder, { recursive: true });
  }
}

const quietly = { waitMs: 60_000, print: () => undefined };
const bring = (access: Access, wanted: readonly DeclaredUser[]) =>
  access.ops((cluster) => applyUsers(cluster, wanted, quietly));
const asDeclared = (access: Access, wanted: readonly DeclaredUser[]) =>
  access.ops(async (cluster) => isEmptyPlan(await checkUsers(cluster, wanted, quietly)));
const makeTopics = (access: Access, names: readonly string[]) =>
  access.ops((cluster) =>
    cluster.createTopics(names.map((name) => ({ name, partitions: 1, replicationFactor: 1, config: {} }))),
  );

/** One broker can have one copy, and one partition is soon there. */
const SMALL = [
  "offsets.topic.num.partitions=1",
  "transaction.state.log.num.partitions=1",
  "transaction.state.log.replication.factor=1",
  "transaction.state.log.min.isr=1",
];

/** Kafka makes the topics of groups and transactions when somebody first asks for a coordinator. */
const awaitCoordinators = (access: Access) =>
  access.ops(async (cluster) => {
    for (const kind of [0, 1])
      await cluster.request("finding a coordinator", "any", findCoordinatorV6.api, kind, ["x"]);
  });

/** The right by which a case is tried of others. */
const attemptsOf = (what: keyof typeof RIGHTS) => RIGHTS[what] ?? assert.fail(what);

describe("Users of a closed server", function () {
  this.timeout(400_000);
  let access: Access;

  before(async () => {
    access = await Access.prepare();
    await access.server.launch(SMALL);
    await makeTopics(access, [...TOPICS, ...ROOMS]);
    await awaitCoordinators(access);
  });

  after(async () => {
    await access.close();
  });

  it("may do nothing before they have rights, from the first start", async () => {
    for (const [what, { may }] of Object.entries(RIGHTS)) assert.equal(await access.may("user-0", may), false, what);
  });

  it("get their rights at once, and a second run changes nothing", async () => {
    assert.equal(await asDeclared(access, declared()), false);
    await bring(access, declared());
    assert.ok(await asDeclared(access, declared()));
    const before = await access.ops(readAcls);
    await bring(access, declared());
    assert.deepEqual(await access.ops(readAcls), before);
  });

  for (const [index, [what, { may, mayNot }]] of Object.entries(RIGHTS).entries()) {
    it(`may ${what}, and not what is next to it`, async () => {
      assert.equal(await access.may("nobody", may), false, "nobody else may");
      assert.ok(await access.may(`user-${index}`, may), "it may not");
      assert.equal(await access.may(`user-${index}`, mayNot), false, "it may more");
    });
  }

  it("are those of the stack's own programs, which may no more than they need", async () => {
    await makeTopics(access, ["doomed"]);
    const write = attemptsOf("produce to a topic");
    const remove = attemptsOf("delete a topic");
    for (const own of ["kafka-kproducer", "kafka-kconsumer", "kafka-lag-exporter", "kafka-chat"]) {
      assert.equal(await access.may(own, write.may), false, own);
      assert.equal(await access.may(own, remove.may), false, own);
      assert.equal(await access.may(own, attemptsOf("read the cluster's ACLs").may), false, own);
    }
    assert.ok(await access.may("kafka-lag-exporter", attemptsOf("describe a topic").may));
    assert.ok(await access.may("kafka-lag-exporter", attemptsOf("describe a group").may));
    for (const [what, { may }] of Object.entries(RIGHTS)) assert.ok(await access.may("kafka-client", may), what);
  });

  it("lose what is declared no longer, and others keep what somebody gave them by hand", async () => {
    const [first, ...rest] = declared().filter(({ name }) => name.startsWith("user-"));
    assert.ok(first);
    const limited = [
      ...own(),
      { ...first, quotas: { producer_byte_rate: 1_048_576, request_percentage: 50 } },
      ...rest,
    ];
    await bring(access, limited);
    const quotas = await access.ops(readQuotas);
    assert.deepEqual([...quotas], [["user-0", { producer_byte_rate: 1_048_576, request_percentage: 50 }]]);
    const tool = "org.apache.kafka.tools.AclCommand";
    const allow = ["--add", "--operation", "Write", "--topic", "orders"];
    await access.server.tool(tool, ...allow, "--allow-principal", "User:by-hand");
    await access.server.tool(tool, ...allow, "--allow-principal", "User:user-3");
    const write = attemptsOf("produce to a topic").may;
    assert.ok(await access.may("user-3", write), "what was added by hand");
    assert.equal(await asDeclared(access, limited), false);
    await bring(access, [...own(), ...rest]);
    assert.equal(await access.may("user-0", write), false, "whoever is declared no longer");
    assert.equal(await access.may("user-3", write), false, "what was added by hand to a user of the stack");
    assert.ok(await access.may("by-hand", write), "whom the stack does not know");
    assert.deepEqual([...(await access.ops(readQuotas))], []);
    assert.ok(await asDeclared(access, [...own(), ...rest]));
  });

  it("have their rights after a restart, and nobody else has some", async () => {
    await access.server.stop();
    await access.server.launch(SMALL);
    const { may } = attemptsOf("consume a topic");
    assert.ok(await access.may("user-3", may));
    assert.equal(await access.may("kafka-chat", may), false);
    assert.equal(await access.may("nobody", may), false);
  });
});

describe("A closed server that ran without an authorizer", function () {
  this.timeout(400_000);
  let access: Access;
  const { may } = attemptsOf("produce to a topic");

  before(async () => {
    access = await Access.prepare();
    await access.server.launch(["authorizer.class.name=", "ssl.principal.mapping.rules=DEFAULT"]);
    await makeTopics(access, [...TOPICS, ...ROOMS]);
  });

  after(async () => {
    await access.close();
  });

  it("has no rights to tell, and says so", async () => {
    assert.ok(await access.may("nobody", may));
    await assert.rejects(access.ops(readAcls), /have no authorizer/);
  });

  it("lets those of the stack of before go on until rights are granted, and nobody else", async () => {
    await access.server.stop();
    await access.server.launch();
    assert.ok(await access.may("kafka-chat", may));
    assert.ok(await access.may("kafka-client", attemptsOf("delete a topic").may));
    assert.equal(await access.may("nobody", may), false);
    assert.equal(await access.may("kafka-kproducer", may), false);
  });

  it("goes by rights alone from then on, also after a restart", async () => {
    const writing = { done: false, failed: 0, written: 0 };
    const inRoom: Attempt = async (client) => {
      const writer = new PartitionWriter(client, "chatroom", 0, Buffer.from("key"));
      while (!writing.done) {
        await writer.append(Buffer.from("value"), Date.now() + 120_000).then(
          () => writing.written++,
          () => writing.failed++,
        );
      }
      return undefined;
    };
    const chat = access.as("kafka-chat", inRoom);
    await bring(access, own());
    const atGrant = writing.written;
    assert.equal(await access.may("kafka-chat", may), false);
    await until("the chat goes on", 60, () =>
      Promise.resolve(writing.written > atGrant || writing.failed > 0 ? null : `${writing.written} records`),
    );
    writing.done = true;
    await chat;
    assert.equal(writing.failed, 0, "what the chat may do was interrupted");
    await access.server.stop();
    await access.server.launch();
    assert.equal(await access.may("kafka-chat", may), false);
    assert.ok(await access.may("kafka-client", may));
  });
});
