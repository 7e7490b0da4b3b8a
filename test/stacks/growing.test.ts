import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathsOf } from "../../sandbox/paths";
import { cleanSlate } from "../e2e/clean-slate";
import { get, inPod, kubectl } from "../support/kubectl";
import { down, up } from "../support/stack";
import { until } from "../support/until";
import { back, identities } from "../faults/brokers";

const STACK = "kraft-quickstart";
const BOOTSTRAP = ["--bootstrap-server", "kafka-bootstrap:9092"];

interface Pod {
  readonly status: {
    readonly containerStatuses?: readonly { readonly ready: boolean; readonly restartCount: number }[];
  };
}

/** Replicas and in-sync replicas of each partition of a topic. */
async function copies(topic: string): Promise<{ replicas: number; inSync: number }[]> {
  const described = await inPod("broker-0", "kafka-topics.sh", ...BOOTSTRAP, "--describe", "--topic", topic);
  return [...described.matchAll(/\bReplicas: ([\d,]+)\s+Isr: ([\d,]+)/g)].map(([, replicas = "", inSync = ""]) => ({
    replicas: replicas.split(",").length,
    inSync: inSync.split(",").length,
  }));
}

/** Writes a line to the chat room and lets a consumer group read it. */
async function groupReads(): Promise<void> {
  const line = `growing ${process.hrtime.bigint()}`;
  const write = `echo '${line}' | kafka-console-producer.sh ${BOOTSTRAP.join(" ")} --topic chatroom`;
  await inPod("broker-0", "bash", "-c", write);
  const read = `kafka-console-consumer.sh ${BOOTSTRAP.join(" ")} --topic chatroom --group growing --from-beginning --timeout-ms 30000 2>/dev/null || true`;
  assert.ok((await inPod("broker-0", "bash", "-c", read)).split("\n").includes(line));
}

/** Rewrites the file that says whose a broker's disk is: with another identity the broker refuses the disk at its next start. */
function rewriteIdentity(broker: number, change: (text: string) => string): void {
  const { hostData } = pathsOf();
  const files = readdirSync(hostData, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith("/meta.properties"))
    .map((name) => join(hostData, name))
    .filter((file) => new RegExp(`^node\\.id=${broker}$`, "m").test(readFileSync(file, "utf8")));
  assert.equal(files.length, 1, files.join(", "));
  for (const file of files) writeFileSync(file, change(readFileSync(file, "utf8")));
}

describe("a stack of one broker that grows", function () {
  this.timeout(900_000);

  before(async () => {
    await cleanSlate();
    await up(STACK, "replicas=1");
    await groupReads();
  });

  after(() => down(STACK));

  it("keeps the groups' offsets on as many brokers as its topics", async () => {
    assert.deepEqual([...new Set((await copies("__consumer_offsets")).map(({ replicas }) => replicas))], [1]);
    await up(STACK, "replicas=3", "controllers.replicas=1");
    for (const topic of ["chatroom", "__consumer_offsets"]) {
      for (const partition of await copies(topic)) assert.deepEqual(partition, { replicas: 3, inSync: 3 }, topic);
    }
    await groupReads();
  });

  it("restarts no server while one is missing that restarts later, and names it", async () => {
    const before = await identities();
    rewriteIdentity(1, (text) => text.replace(/^cluster\.id=/m, "cluster.id=x"));
    await kubectl("delete", "pod", "broker-1", "-n", "kafka", "--wait=false");
    await until("broker-1 fails", 180, async () => {
      const [container] = (await get<Pod>("pod", "broker-1", "-n", "kafka")).status.containerStatuses ?? [];
      return container !== undefined && !container.ready && container.restartCount > 0 ? null : "it runs";
    });
    const broken = await identities();
    await assert.rejects(
      up(STACK, "replicas=3", "controllers.replicas=1", "kafka.heap=400m"),
      /broker-1 is missing or not in sync: restarting broker-2 would leave/,
    );
    assert.deepEqual(await identities(), broken);
    rewriteIdentity(1, (text) => text.replace(/^cluster\.id=x/m, "cluster.id="));
    // The advice: once the server is repaired, recreating its pod skips the wait for the next attempt.
    await kubectl("delete", "pod", "broker-1", "-n", "kafka", "--wait=false");
    await back(before, "broker-1");
    await back(broken, "broker-1");
  });

  it("becomes one broker again, with all its data", async () => {
    await up(STACK, "replicas=1");
    assert.deepEqual([...(await identities()).keys()], ["broker-0"]);
    for (const topic of ["chatroom", "__consumer_offsets"]) {
      for (const partition of await copies(topic)) assert.deepEqual(partition, { replicas: 1, inSync: 1 }, topic);
    }
    await groupReads();
  });
});
