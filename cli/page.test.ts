import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { findPage, forwardPage } from "./page";

/** The part of the package `ws` that is used here; the Kubernetes client depends on it. */
interface Socket {
  send(data: Buffer): void;
  close(): void;
  on(event: "message", listener: (data: Buffer) => void): void;
}
const { WebSocketServer } = createRequire(__filename)("ws") as {
  WebSocketServer: new (options: object) => {
    on(event: "connection", listener: (socket: Socket, request: { readonly url: string }) => void): void;
  };
};

const pod = (name: string, phase: string, env: object[] = [{ name: "LAG_PAGE_PORT", value: "8090" }]) => ({
  metadata: { name, namespace: "kafka" },
  spec: { containers: [{ name: "lag-exporter", env }] },
  status: { phase },
});

describe("npm run ops -- page", function () {
  // The client is loaded by the first of them.
  this.timeout(60_000);
  let api: Server;
  let pods: object[];
  /** Addresses of port-forwards. */
  let forwarded: string[];
  let config: KubeConfig;

  beforeEach(async () => {
    pods = [pod("lag-exporter-1", "Running")];
    forwarded = [];
    api = createServer((request, response) => {
      const selector = new URL(request.url ?? "", "http://api").searchParams.get("labelSelector") ?? "";
      assert.ok(selector.includes("app.kubernetes.io/component=lag-exporter"));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ apiVersion: "v1", kind: "PodList", metadata: {}, items: pods }));
    });
    const sockets = new WebSocketServer({ server: api, handleProtocols: (offered: Set<string>) => [...offered][0] });
    sockets.on("connection", (socket, { url }) => {
      forwarded.push(url);
      // As Kubernetes does: a channel each for data and errors, which begins with the port.
      for (const channel of [0, 1]) socket.send(Buffer.from([channel, 0x9a, 0x1f]));
      socket.on("message", (data) => {
        if (data.length <= 1) return;
        const body = "the page";
        socket.send(
          Buffer.from(`\0HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`),
        );
      });
    });
    api.listen(0, "127.0.0.1");
    await once(api, "listening");
    config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: "fake", server: `http://127.0.0.1:${(api.address() as AddressInfo).port}`, skipTLSVerify: true },
      { name: "fake" },
    );
  });
  afterEach(() => {
    api.close();
    api.closeAllConnections();
  });

  const find = () => findPage(config.makeApiClient(CoreV1Api), "kafka");

  it("finds the pod that runs, also while an older one goes", async () => {
    const gone = pod("lag-exporter-0", "Running");
    pods.unshift({ ...gone, metadata: { ...gone.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } });
    assert.deepEqual(await find(), { name: "lag-exporter-1", port: 8090 });
  });

  it("says what to do where there is no page, or where it does not run", async () => {
    pods = [pod("lag-exporter-1", "Running", [])];
    await assert.rejects(find(), /No pod in namespace kafka serves the page.*page: true.*run `up`/);
    pods = [pod("lag-exporter-1", "Pending")];
    await assert.rejects(find(), /pod lag-exporter-1 does not run. `kubectl describe pod -n kafka lag-exporter-1`/);
  });

  it("carries a browser's connection to the pod, from this machine alone", async () => {
    const failures: string[] = [];
    const server = await forwardPage(config, "kafka", 0, (line) => failures.push(line));
    try {
      const { address, port } = server.address() as AddressInfo;
      assert.equal(address, "127.0.0.1");
      const answer = await fetch(`http://localhost:${port}/`);
      assert.equal(await answer.text(), "the page");
      assert.deepEqual(forwarded, ["/api/v1/namespaces/kafka/pods/lag-exporter-1/portforward?ports=8090"]);
      pods = [];
      await assert.rejects(fetch(`http://localhost:${port}/`));
      assert.match(failures[0] ?? "", /cannot be reached: No pod in namespace kafka serves the page/);
    } finally {
      server.close();
    }
  });

  it("names a port that is taken", async () => {
    const { port } = api.address() as AddressInfo;
    await assert.rejects(
      forwardPage(config, "kafka", port, () => undefined),
      new RegExp(`Port ${port} of this machine is taken: name another one with --port`),
    );
  });
});
