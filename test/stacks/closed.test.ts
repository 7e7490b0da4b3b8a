import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxEnvironment } from "../../sandbox/environment";
import { run } from "../../sandbox/host/command";
import { status } from "../../sandbox/status";
import { KafkaClient } from "../../services/src/kafka/client";
import { cleanSlate } from "../e2e/clean-slate";
import { type Attempt, RIGHTS } from "../kafka/rights.cases";
import { sayEngine } from "../support/engine";
import { answerWithoutTls, handshake, refusesPlaintext } from "../support/handshake";
import { chatAnswers, history, post } from "../support/history";
import { get, kubectl } from "../support/kubectl";
import { down, up } from "../support/stack";
import { until } from "../support/until";

/** Dedicated controllers, and claims, with which the namespace and so the authority is retained. */
const STACK = "storageclass";

/** The brokers' port for outside clients. */
const PORT = 30099;

interface Secret {
  readonly data: Readonly<Record<string, string>>;
}

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly uid: string };
    readonly status: { readonly containerStatuses?: readonly { readonly restartCount: number }[] };
  }[];
}

/** A user that may produce to one of two topics, within a quota. */
const USER = [
  "topics[0].name=chatroom",
  "topics[1].name=orders",
  "topics[2].name=other",
  "users[0].name=orders",
  "users[0].rights[0].topic=orders",
  "users[0].rights[0].allow[0]=produce",
  "users[0].quotas.producerByteRate=1048576",
];
const WITHOUT_USER = USER.filter((key) => key.startsWith("topics"));

/** What a case of rights is tried by. */
const right = (what: string) => RIGHTS[what] ?? assert.fail(what);

/** The current certificate in a Secret. */
async function certificate(holder: string): Promise<{ cert: string; key: string; ca: string }> {
  const secret = holder === "orders" ? "kafka-user-orders" : `kafka-tls-${holder}`;
  const { data } = await get<Secret>("secret", secret, "-n", "kafka");
  const text = (key: string) => Buffer.from(data[key] ?? "", "base64").toString();
  return { cert: text("tls.crt"), key: text("tls.key"), ca: text("ca.crt") };
}

/** Pods of servers, with their numbers of restarts. */
async function servers(): Promise<string[]> {
  const { items } = await get<Pods>("pods", "-n", "kafka", "-l", "app.kubernetes.io/name=kafka");
  return items.map(
    ({ metadata, status: { containerStatuses = [] } }) =>
      `${metadata.name} ${metadata.uid} ${containerStatuses[0]?.restartCount ?? "none"}`,
  );
}

describe("a stack that is closed by certificates", () => {
  const files = mkdtempSync(join(tmpdir(), "closed-"));
  const env = { ...process.env, ...sandboxEnvironment().env, CI: "true" };

  /** Does something with the certificate of a holder, from outside. */
  async function as<Result>(holder: string, act: (client: KafkaClient) => Promise<Result>): Promise<Result> {
    const { cert, key, ca } = await certificate(holder);
    const tlsDirectory = mkdtempSync(join(files, holder));
    for (const [name, text] of Object.entries({ "tls.crt": cert, "tls.key": key, "ca.crt": ca })) {
      writeFileSync(join(tlsDirectory, name), text);
    }
    const client = new KafkaClient({ bootstrap: [{ host: node, port: PORT }], clientId: "closed", tlsDirectory });
    try {
      return await act(client);
    } finally {
      await client.close();
    }
  }

  const refuses = async (holder: string, act: Attempt) => {
    assert.match((await as(holder, act)) ?? "it is allowed", /AUTHORIZATION_FAILED$/);
  };

  let [node, settings]: [string, readonly string[]] = ["", []];

  before(async function () {
    this.timeout(600_000);
    await cleanSlate();
    await sayEngine(STACK);
    node = (await status()).nodes[0]?.address ?? assert.fail("no node");
    settings = ["listeners.internal.authentication=tls", "kafka.external.enabled=true", `kafka.external.host=${node}`];
  });

  after(() => {
    rmSync(files, { recursive: true });
  });

  it("comes up, carries a chat, and a second up changes nothing", async () => {
    await up(STACK, ...settings, ...USER);
    await chatAnswers();
    assert.ok(await post("closed"));
    assert.ok((await history(100)).includes("closed"));
    const { changes, printed } = await up(STACK, ...settings, ...USER);
    assert.deepEqual([changes.create, changes.update, changes.replace, changes.delete], [0, 0, 0, 0], printed);
  });

  it("refuses a client without a certificate, and one without TLS", async () => {
    const { ca } = await certificate("client");
    const { refused, serial } = await handshake(node, PORT, { ca });
    assert.notEqual(serial, "", "the server has its own name");
    assert.ok(refused, "it lets in clients without a certificate");
    const answer = await answerWithoutTls(node, PORT);
    assert.ok(refusesPlaintext(answer), answer.toString("hex"));
  });

  it("lets an administrator do everything but what servers do", async () => {
    const { topics } = await as("client", (client) => client.metadata(null));
    assert.ok(topics.has("chatroom"), [...topics.keys()].join());
    assert.equal(await as("client", right("read the cluster's ACLs").may), undefined);
  });

  it("lets a user do what is declared, and nothing else", async () => {
    const { may, mayNot } = right("produce to a topic");
    assert.equal(await as("orders", may), undefined);
    await refuses("orders", mayNot);
    for (const what of [
      "consume a topic",
      "delete a group",
      "create any topic",
      "read the cluster's ACLs",
      "set quotas",
    ]) {
      await refuses("orders", right(what).may);
    }
    const { topics } = await as("orders", (client) => client.metadata(null));
    assert.deepEqual([...topics.keys()], ["orders"]);
  });

  it("gives the chat's programs no more than their rooms", async () => {
    for (const holder of ["kproducer", "kconsumer"]) {
      await refuses(holder, right("produce to a topic").may);
      await refuses(holder, right("read the cluster's ACLs").may);
    }
  });

  it("shows who may do what, and what of it is not as declared", async () => {
    const users = await run("npm", ["run", "-s", "ops", "--", "users"], { env });
    assert.match(users, /^orders +the stack +write topic orders$/m);
    assert.match(users, /^orders +the stack +producer_byte_rate 1048576$/m);
    const check = ["run", "-s", "ops", "--", "users", "--check"];
    assert.match(await run("npm", check, { env }), /may do what is declared/);
    const acl = ["--add", "--allow-principal", "User:orders", "--operation", "Read", "--topic", "other"];
    await run("npm", ["run", "-s", "client", "--", "kafka-acls", ...acl], { env });
    await assert.rejects(run("npm", check, { env }), /take from orders: read topic other/);
  });

  it("lets in people's commands", async () => {
    const topics = await run("npm", ["run", "-s", "client", "--", "kafka-topics", "--list"], { env });
    assert.match(topics, /^chatroom$/m);
    assert.match(await run("npm", ["run", "-s", "ops", "--", "status"], { env }), /broker/i);
  });

  it("uses renewed certificates without a restart, and while it is written to", async function () {
    this.timeout(600_000);
    const [before, { ca, cert, key }] = [await servers(), await certificate("client")];
    const { serial } = await handshake(node, PORT, { ca, cert, key });
    let [done, failed, posted] = [false, 0, 0];
    const writing = (async () => {
      while (!done) {
        if (await post(`renewal ${posted++}`)) continue;
        failed++;
      }
    })();
    try {
      const secrets = ["broker", "controller", "ops", "kproducer", "kconsumer", "lag-exporter", "client"].map(
        (holder) => `kafka-tls-${holder}`,
      );
      await kubectl("delete", "secret", "-n", "kafka", ...secrets);
      await kubectl("create", "job", "renew-now", "-n", "kafka", "--from=cronjob/kafka-certificates");
      await kubectl("wait", "job/renew-now", "-n", "kafka", "--for=condition=Complete", "--timeout=180s");
      await until("a broker shows another certificate", 240, async () => {
        const seen = await handshake(node, PORT, { ca, cert, key });
        return seen.serial !== "" && seen.serial !== serial ? null : `it shows ${seen.serial || "none"}`;
      });
    } finally {
      done = true;
      await writing;
      await kubectl("delete", "job", "renew-now", "-n", "kafka", "--ignore-not-found");
    }
    assert.ok(posted > 10, `${posted} messages`);
    assert.equal(failed, 0, `${failed} of ${posted} messages were not accepted`);
    assert.deepEqual(await servers(), before);
  });

  it("takes the rights of a user that is declared no longer, and restarts nothing", async () => {
    const before = await servers();
    await up(STACK, ...settings, ...WITHOUT_USER);
    await refuses("orders", right("produce to a topic").may);
    await refuses("orders", right("consume a topic").may);
    assert.deepEqual(await servers(), before);
    await chatAnswers();
  });

  it("does not become an open one while it runs", async () => {
    const before = await servers();
    await assert.rejects(up(STACK), /listeners\.internal\.authentication cannot change from tls to none/);
    assert.deepEqual(await servers(), before);
  });

  it("keeps its records when it is taken down and comes up open", async () => {
    assert.ok(await post("kept"));
    await down(STACK);
    await up(STACK);
    assert.ok((await history(100)).includes("kept"));
    await down(STACK);
  });
});
