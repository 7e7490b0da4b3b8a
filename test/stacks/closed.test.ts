import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxEnvironment } from "../../sandbox/environment";
import { run } from "../../sandbox/host/command";
import { status } from "../../sandbox/status";
import { KafkaClient } from "../../services/src/kafka/client";
import { cleanSlate } from "../e2e/clean-slate";
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

/** The current certificate in a Secret. */
async function certificate(holder: string): Promise<{ cert: string; key: string; ca: string }> {
  const { data } = await get<Secret>("secret", `kafka-tls-${holder}`, "-n", "kafka");
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
    await up(STACK, ...settings);
    await chatAnswers();
    assert.ok(await post("closed"));
    assert.ok((await history(100)).includes("closed"));
    const { changes, printed } = await up(STACK, ...settings);
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

  it("lets in an application with the certificate for applications", async () => {
    const { cert, key, ca } = await certificate("client");
    for (const [name, text] of Object.entries({ "tls.crt": cert, "tls.key": key, "ca.crt": ca })) {
      writeFileSync(join(files, name), text);
    }
    const bootstrap = [{ host: node, port: PORT }];
    const client = new KafkaClient({ bootstrap, clientId: "closed", tlsDirectory: files });
    try {
      const { topics } = await client.metadata(null);
      assert.ok(topics.has("chatroom"), [...topics.keys()].join());
    } finally {
      await client.close();
    }
  });

  it("lets in people's commands", async () => {
    const env = { ...process.env, ...sandboxEnvironment().env, CI: "true" };
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
      const secrets = ["broker", "controller", "ops", "chat", "client"].map((holder) => `kafka-tls-${holder}`);
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
