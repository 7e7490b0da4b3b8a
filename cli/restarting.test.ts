import { KubeConfig } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { FakeCluster } from "../test/support/fake-cluster";
import { temporaryFolder } from "../test/support/temporary";
import { restartingServers } from "./restarting";

const SETS = "/apis/apps/v1/namespaces/kafka/statefulsets";
const PODS = "/api/v1/namespaces/kafka/pods";
const REVISIONS = "/apis/apps/v1/namespaces/kafka/controllerrevisions";
const MAPS = "/api/v1/namespaces/kafka/configmaps";

describe("Servers that are still to restart", function () {
  // The client is loaded by the first of them.
  this.timeout(60_000);
  const fake = new FakeCluster();
  const config = new KubeConfig();
  before(async () => {
    config.loadFromFile(await fake.start(temporaryFolder()));
  });
  after(() => fake.stop());

  const put = (path: string, name: string, object: object) => {
    fake.objects.set(`${path}/${name}`, { apiVersion: "v1", kind: "", metadata: { name }, ...object });
  };
  const pod = (name: string, revision: string, owner = "uid-set") => {
    put(PODS, name, {
      metadata: { name, labels: { "controller-revision-hash": revision }, ownerReferences: [{ uid: owner }] },
    });
  };
  const revision = (name: string, hash: string, heap: string) => {
    const env = [{ name: "KAFKA_HEAP_OPTS", value: `-Xms${heap} -Xmx${heap}` }];
    const template = {
      $patch: "replace",
      metadata: {
        labels: { "app.kubernetes.io/component": "broker" },
        annotations: { "kafka-stack/restart-hash": hash },
      },
      spec: { containers: [{ name: "broker", env }] },
    };
    put(REVISIONS, name, { data: { spec: { template } } });
  };
  const written = (hash: string, hours: string) => {
    put(MAPS, `settings-${hash}`, {
      metadata: { name: `settings-${hash}`, labels: { "kafka-stack/restart-hash": hash } },
      data: { "settings.json": JSON.stringify({ "log.retention.hours": hours }) },
    });
  };

  beforeEach(() => {
    fake.objects.clear();
    put(SETS, "broker", { metadata: { name: "broker", uid: "uid-set" }, status: { updateRevision: "broker-2" } });
    revision("broker-1", "one", "512m");
    revision("broker-2", "two", "1g");
    written("one", "168");
    written("two", "99");
  });

  it("are those that run by an older template, each with its reasons", async () => {
    pod("broker-0", "broker-1");
    pod("broker-1", "broker-2");
    pod("elsewhere-0", "broker-1", "uid-other");
    assert.deepEqual(await restartingServers(config, "kafka"), [
      "broker-0 restarts: log.retention.hours changed from 168 to 99, kafka.heap changed from 512m to 1g",
    ]);
  });

  it("are none once all run by the newest", async () => {
    pod("broker-0", "broker-2");
    assert.deepEqual(await restartingServers(config, "kafka"), []);
  });

  it("are told apart from not knowing", async () => {
    pod("broker-0", "broker-0-of-old");
    await assert.rejects(restartingServers(config, "kafka"), /not found/);
  });
});
