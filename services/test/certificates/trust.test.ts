import assert from "node:assert/strict";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiServer } from "../../src/certificates/api-server.js";
import { serversOf, type StatefulSet, understand, wordsOf } from "../../src/certificates/trust.js";

const SERVERS = { namespace: "kafka", pools: ["broker", "controller"], port: 8080 };

describe("The servers whose word counts", () => {
  const sets = (found: Readonly<Record<string, { status: number; body: StatefulSet }>>): ApiServer<StatefulSet> => {
    return (method, path) => {
      assert.equal(method, "GET");
      const pool = /^\/apis\/apps\/v1\/namespaces\/kafka\/statefulsets\/(\w+)$/.exec(path)?.[1] ?? assert.fail(path);
      return Promise.resolve(found[pool] ?? { status: 404, body: {} });
    };
  };

  it("are those that the StatefulSets want, and those that still run", async () => {
    const broker = { status: 200, body: { spec: { replicas: 2 }, status: { replicas: 3 } } };
    const controller = { status: 200, body: { spec: { replicas: 1 } } };
    assert.deepEqual(await serversOf(sets({ broker, controller }), SERVERS), [
      { name: "broker-0", url: "http://broker-0.broker.kafka.svc:8080" },
      { name: "broker-1", url: "http://broker-1.broker.kafka.svc:8080" },
      { name: "broker-2", url: "http://broker-2.broker.kafka.svc:8080" },
      { name: "controller-0", url: "http://controller-0.controller.kafka.svc:8080" },
    ]);
  });

  it("are none where there is no StatefulSet, and unknown where the API server does not say", async () => {
    assert.deepEqual(await serversOf(sets({}), SERVERS), []);
    const broker = { status: 403, body: { message: "forbidden" } };
    await assert.rejects(serversOf(sets({ broker }), SERVERS), /StatefulSet broker cannot be read: forbidden/);
  });
});

describe("The word of a server", () => {
  let http: HttpServer;
  let port: number;
  before(async () => {
    http = createServer((request, response) => {
      const known = request.url === "/0/trust";
      response.writeHead(known ? 200 : 404).end(known ? "pod=broker-0\ntrusts=a,b\nissuers=a\n" : "");
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    port = (http.address() as AddressInfo).port;
  });
  after(() => {
    http.close();
  });

  it("is what it answers; who does not answer, or runs an older image, is silent", async () => {
    const url = `http://127.0.0.1:${port}`;
    const [word, old, none] = await wordsOf([
      { name: "broker-0", url: `${url}/0` },
      { name: "broker-1", url: `${url}/1` },
      { name: "broker-2", url: "http://127.0.0.1:1" },
    ]);
    assert.deepEqual(word, { server: "broker-0", trusts: ["a", "b"], issuers: ["a"] });
    assert.deepEqual(old, { server: "broker-1", silent: "its health port answers 404 to /trust" });
    assert.ok(none && "silent" in none && none.silent !== "");
  });

  it("is its own alone, and complete", () => {
    const lines = "pod=broker-0\ntrusts=a\nissuers=a\n";
    assert.deepEqual(understand("broker-1", lines), { server: "broker-1", silent: "at its address is broker-0" });
    assert.ok("silent" in understand("broker-0", "pod=broker-0\ntrusts=a\n"));
    assert.ok("silent" in understand("broker-0", "ok"));
    // One that has no connections yet.
    assert.deepEqual(understand("broker-0", "pod=broker-0\ntrusts=\nissuers=\n"), {
      server: "broker-0",
      trusts: [],
      issuers: [],
    });
  });
});
