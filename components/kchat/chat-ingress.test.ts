import assert from "node:assert/strict";
import { labelsOf, one, SCOPE } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { ChatIngress, type IngressSpec } from "./chat-ingress";

const ingress = async (spec: IngressSpec) =>
  one(await registered(() => new ChatIngress("ingress", { ...SCOPE, ...spec })), "Ingress").inputs;

describe("ChatIngress", () => {
  it("sends messages to kproducer and everything else to kconsumer", async () => {
    const path = (prefix: string, name: string, number: number) => ({
      path: prefix,
      pathType: "Prefix",
      backend: { service: { name, port: { number } } },
    });
    assert.deepEqual(await ingress({ host: "chat.example.com" }), {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "kchat", namespace: "kafka", labels: labelsOf("kconsumer", "kchat") },
      spec: {
        rules: [
          {
            host: "chat.example.com",
            http: { paths: [path("/api/topics", "kproducer", 19092), path("/", "kconsumer", 29092)] },
          },
        ],
      },
    });
  });

  it("has a class and a certificate when they are named", async () => {
    const { spec } = await ingress({ host: "chat.example.com", className: "nginx", tlsSecretName: "chat-tls" });
    const { ingressClassName, tls } = spec as Record<string, unknown>;
    assert.equal(ingressClassName, "nginx");
    assert.deepEqual(tls, [{ hosts: ["chat.example.com"], secretName: "chat-tls" }]);
  });
});
