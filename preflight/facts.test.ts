import { KubeConfig } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readCluster } from "./facts";

const list = (...names: string[]) => ({ items: names.map((name) => ({ metadata: { name } })) });

describe("the facts of the preflight", () => {
  let server: Server;
  let answers: Record<string, unknown> = {};
  const config = new KubeConfig();

  before(async () => {
    server = createServer(({ url = "" }, response) => {
      const answer = answers[url.split("?")[0] ?? ""];
      response.writeHead(answer === undefined ? 403 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? { kind: "Status", message: `${url} is forbidden` }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    config.loadFromClusterAndUser(
      { name: "test", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: "test" },
    );
  });
  after(() => {
    server.close();
  });

  it("are read from the API server", async () => {
    answers = {
      "/version": { gitVersion: "v1.34.4", major: "1", minor: "34" },
      "/api/v1/nodes": list("node-a"),
      "/apis/storage.k8s.io/v1/storageclasses": list("standard"),
      "/api/v1/persistentvolumes": list("volume"),
      "/api/v1/namespaces/kafka/persistentvolumeclaims": list("claim"),
      "/api/v1/services": list("service"),
      "/apis": { groups: [{ name: "apps" }, { name: "monitoring.coreos.com" }] },
    };
    const { version, unread, apiGroups, ...parts } = await readCluster(config, "kafka");
    assert.equal(version, "v1.34.4");
    assert.deepEqual(unread, []);
    assert.deepEqual(apiGroups, ["apps", "monitoring.coreos.com"]);
    const names = Object.values(parts).map((items) => (items as { metadata: { name: string } }[])[0]?.metadata.name);
    assert.deepEqual(names, ["node-a", "standard", "volume", "claim", "service"]);
  });

  it("are those that the account may read, with a message for each other one", async () => {
    answers = { "/version": { gitVersion: "v1.34.4" }, "/api/v1/services": list("service") };
    const { services, nodes, unread } = await readCluster(config, "kafka");
    assert.equal(services?.length, 1);
    assert.equal(nodes, undefined);
    assert.equal(unread.length, 5);
    assert.match(unread[0] ?? "", /^nodes cannot be read, so .* are not checked: \/api\/v1\/nodes is forbidden$/);
  });

  it("are one message when the API server does not answer", async () => {
    const nobody = new KubeConfig();
    nobody.loadFromClusterAndUser(
      { name: "test", server: "http://127.0.0.1:1", skipTLSVerify: true },
      { name: "test" },
    );
    const { unread, ...rest } = await readCluster(nobody, "kafka");
    assert.deepEqual(rest, {});
    assert.equal(unread.length, 1);
    assert.match(unread[0] ?? "", /^the API server http:\/\/127\.0\.0\.1:1 .* does not answer: /);
  });
});
