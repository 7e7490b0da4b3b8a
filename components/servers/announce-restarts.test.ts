import assert from "node:assert/strict";
import { FakeCluster } from "../../test/support/fake-cluster";
import { temporaryFolder } from "../../test/support/temporary";
import { announcement } from "./announce-restarts";
import { RESTART_HASH } from "./restart-reasons";

const set = (hash: string, replicas = 3, heap = "512m") => ({
  metadata: { name: "broker", namespace: "kafka" },
  spec: {
    replicas,
    template: {
      metadata: { labels: { "app.kubernetes.io/component": "broker" }, annotations: { [RESTART_HASH]: hash } },
      spec: { containers: [{ name: "broker", env: [{ name: "KAFKA_HEAP_OPTS", value: `-Xms${heap} -Xmx${heap}` }] }] },
    },
  },
});
const settings = { "log.retention.hours": "99" };

describe("The announcement of restarts", function () {
  // The client is loaded by the first of them.
  this.timeout(60_000);
  const fake = new FakeCluster();
  let cluster = {};
  before(async () => {
    cluster = { kubeconfig: await fake.start(temporaryFolder()) };
    fake.objects.set("/api/v1/namespaces/kafka/configmaps/broker-restart-settings-1", {
      ...{ apiVersion: "v1", kind: "ConfigMap" },
      metadata: { name: "broker-restart-settings-1", namespace: "kafka", labels: { [RESTART_HASH]: "old" } },
      data: { "settings.json": JSON.stringify({ "log.retention.hours": "168" }) },
    });
  });
  after(() => fake.stop());

  it("names the settings that the cluster has written down, and the heap", async () => {
    assert.equal(
      await announcement(set("old"), set("new", 3, "1g"), { settings, cluster }),
      "broker-0 to broker-2 restart one by one: log.retention.hours changed from 168 to 99, kafka.heap changed from 512m to 1g",
    );
  });

  it("is of the servers that stay", async () => {
    const changed = [set("new", 1), set("new", 3, "1g")] as const;
    assert.equal(
      await announcement(...changed, { settings, cluster }),
      "broker-0 restarts: kafka.heap changed from 512m to 1g",
    );
    assert.equal(await announcement(set("new", 0), set("new", 3, "1g"), { settings, cluster }), undefined);
    assert.equal(await announcement(set("new", 3), set("new", 4), { settings, cluster }), undefined);
  });

  it("is made without the settings when they are not written down, nobody can be asked, or the answer is no", async () => {
    const says = "broker-0 to broker-2 restart one by one: settings of its server.properties changed";
    assert.equal(await announcement(set("older"), set("new"), { settings, cluster }), says);
    assert.equal(await announcement(set("old"), set("new"), { settings }), says);
    fake.refusals.set("GET /api/v1/namespaces/kafka/configmaps", { code: 403, message: "no" });
    assert.equal(await announcement(set("old"), set("new"), { settings, cluster }), says);
  });
});
