import assert from "node:assert/strict";
import { join } from "node:path";
import { type Command, type KubeObject, run, type RunResult } from "kafka-stack-engine";
import { FakeCluster } from "../../support/fake-cluster";
import { temporaryFolder } from "../../support/temporary";

const CLAIMS = "/api/v1/namespaces/kafka/persistentvolumeclaims";
const SET = "/apis/apps/v1/namespaces/kafka/statefulsets/broker";

// Under the whole engine, which decides when hooks are called.
describe("claims of servers that have left, in updates", function () {
  // A separate Node loads the program and the client, each time.
  this.timeout(600_000);
  const cluster = new FakeCluster();
  const stateDirectory = temporaryFolder();
  let kubeconfig = "";
  before(async () => {
    kubeconfig = await cluster.start(stateDirectory);
  });
  after(() => cluster.stop());

  const root = join(__dirname, "program");
  const engine = (command: Command, replicas: number, ran: string): Promise<RunResult> =>
    run({
      ...{ command, stack: "dev", root, configFile: join(root, "Pulumi.dev.yaml"), stateDirectory },
      env: {
        ...process.env,
        ENGINE: "stand-in",
        KUBECONFIG: kubeconfig,
        WRITTEN: JSON.stringify({ replicas, run: ran }),
      },
      write: () => undefined,
    });
  const plant = (ordinal: number) => {
    const name = `data-0-broker-${ordinal}`;
    const labels = { "app.kubernetes.io/instance": "dev", "app.kubernetes.io/part-of": "kafka-stack" };
    const annotations = { "kafka-stack/when-scaled": "delete" };
    const metadata = { name, namespace: "kafka", uid: `uid-${ordinal}`, resourceVersion: "1", labels, annotations };
    cluster.objects.set(`${CLAIMS}/${name}`, { kind: "PersistentVolumeClaim", metadata } as unknown as KubeObject);
  };
  const scaledTo = (replicas: number) =>
    cluster.objects.set(SET, {
      kind: "StatefulSet",
      metadata: { name: "broker", namespace: "kafka" },
      spec: { replicas },
    } as unknown as KubeObject);
  const there = () => cluster.names("PersistentVolumeClaim").map((name) => Number(name.split("-").at(-1)));

  it("are deleted by up and not by a preview, and a second up changes nothing", async () => {
    [0, 1, 2, 3].forEach(plant);
    scaledTo(4);
    await engine("up", 4, "one");
    assert.deepEqual(there(), [0, 1, 2, 3]);
    await engine("preview", 3, "two");
    assert.deepEqual(there(), [0, 1, 2, 3]);
    scaledTo(3);
    await engine("up", 3, "two");
    assert.deepEqual(there(), [0, 1, 2]);
    const { create, update, replace, delete: gone } = (await engine("up", 3, "two")).changes;
    assert.deepEqual([create, update, replace, gone], [0, 0, 0, 0]);
  });

  it("stay when up fails before, or when nobody answers, and the next plain up deletes them", async () => {
    plant(3);
    cluster.refusals.set("PATCH /api/v1/namespaces/kafka/configmaps/finish", { code: 403, message: "not finished" });
    await assert.rejects(engine("up", 3, "three"), /not finished/);
    assert.deepEqual(there(), [0, 1, 2, 3]);
    cluster.refusals.clear();
    cluster.refusals.set(`GET ${CLAIMS}`, { code: 500, message: "no answer" });
    await assert.rejects(engine("up", 3, "three"), /claims of servers that have left could not be deleted.*no answer/);
    assert.deepEqual(there(), [0, 1, 2, 3]);
    cluster.refusals.clear();
    await engine("up", 3, "three");
    assert.deepEqual(there(), [0, 1, 2]);
  });
});
