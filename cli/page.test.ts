import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { type FakePage, fakePage, pagePod } from "./fake-page";
import { findPage, forwardPage } from "./page";

const BODY = "the page";

describe("npm run ops -- page", function () {
  // The client is loaded by the first of them.
  this.timeout(60_000);
  let api: FakePage;
  let config: KubeConfig;

  beforeEach(async () => {
    api = await fakePage(`HTTP/1.1 200 OK\r\ncontent-length: ${BODY.length}\r\nconnection: close\r\n\r\n${BODY}`);
    config = new KubeConfig();
    config.loadFromClusterAndUser({ name: "fake", server: api.url, skipTLSVerify: true }, { name: "fake" });
  });
  afterEach(() => {
    for (const selector of api.selectors) assert.ok(selector.includes("app.kubernetes.io/component=lag-exporter"));
    api.close();
  });

  const find = () => findPage(config.makeApiClient(CoreV1Api), "kafka");

  it("finds the pod that runs, also while an older one goes", async () => {
    const gone = pagePod("lag-exporter-0", "Running");
    api.pods.unshift({ ...gone, metadata: { ...gone.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } });
    assert.deepEqual(await find(), { name: "lag-exporter-1", port: 8090 });
  });

  it("says what to do where there is no page, or where it does not run", async () => {
    api.pods = [pagePod("lag-exporter-1", "Running", [])];
    await assert.rejects(find(), /No pod in namespace kafka serves the page.*page: true.*run `up`/);
    api.pods = [pagePod("lag-exporter-1", "Pending")];
    await assert.rejects(find(), /pod lag-exporter-1 does not run. `kubectl describe pod -n kafka lag-exporter-1`/);
  });

  it("carries a browser's connection to the pod, from this machine alone", async () => {
    const failures: string[] = [];
    const server = await forwardPage(config, "kafka", 0, (line) => failures.push(line));
    try {
      const { address, port } = server.address() as AddressInfo;
      assert.equal(address, "127.0.0.1");
      const answer = await fetch(`http://localhost:${port}/`);
      assert.equal(await answer.text(), BODY);
      assert.deepEqual(api.forwarded, ["/api/v1/namespaces/kafka/pods/lag-exporter-1/portforward?ports=8090"]);
      api.pods = [];
      await assert.rejects(fetch(`http://localhost:${port}/`));
      assert.match(failures[0] ?? "", /cannot be reached: No pod in namespace kafka serves the page/);
    } finally {
      server.close();
    }
  });

  it("names a port that is taken", async () => {
    const port = Number(new URL(api.url).port);
    await assert.rejects(
      forwardPage(config, "kafka", port, () => undefined),
      new RegExp(`Port ${port} of this machine is taken: name another one with --port`),
    );
  });
});
