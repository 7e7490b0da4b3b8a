import assert from "node:assert/strict";
import { chatAddresses, type Reach } from "./addresses";

const nodePorts: Reach = { serviceType: "NodePort", producer: { nodePort: 30192 }, consumer: { nodePort: 30292 } };

describe("chatAddresses", () => {
  it("are the NodePorts of a node", () => {
    assert.deepEqual(chatAddresses(nodePorts, "localhost"), {
      page: "http://localhost:30292/",
      publish: "http://localhost:30192/api/topics/{topic}",
      subscribe: "http://localhost:30292/sse/connect",
      client: 'npm run chat -- "User A"',
    });
  });

  it("name the client's ports when they are not its defaults", () => {
    const other = { ...nodePorts, producer: { nodePort: 31000 }, consumer: { nodePort: 31001 } };
    assert.equal(
      chatAddresses(other, "localhost")?.client,
      'npm run chat -- "User A" --producer-port 31000 --consumer-port 31001',
    );
  });

  it("are the Ingress's host if there is one, with TLS when it has a certificate", () => {
    const host = "chat.example.com";
    assert.deepEqual(chatAddresses({ ...nodePorts, ingress: { host } }, "localhost"), {
      page: "http://chat.example.com/",
      publish: "http://chat.example.com/api/topics/{topic}",
      subscribe: "http://chat.example.com/sse/connect",
    });
    assert.equal(
      chatAddresses({ ...nodePorts, ingress: { host, tlsSecretName: "tls" } }, "localhost")?.page,
      "https://chat.example.com/",
    );
  });

  it("are unknown without NodePorts or an Ingress", () => {
    assert.equal(chatAddresses({ ...nodePorts, serviceType: "ClusterIP" }, "localhost"), undefined);
    assert.equal(chatAddresses({ ...nodePorts, serviceType: "LoadBalancer" }, "localhost"), undefined);
  });
});
