import assert from "node:assert/strict";
import { labelsOf, one, SCOPE, selectorOf } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { allowIngress } from "./allow-ingress";

describe("allowIngress", () => {
  it("lets in what is listed: roles, the whole namespace, or anyone", async () => {
    const resources = await registered(() =>
      allowIngress(
        "access",
        SCOPE,
        "broker",
        [
          { ports: [9093, 9095], from: ["broker", "controller"] },
          {
            ports: [9092],
            from: "namespace",
            also: [
              { namespace: "orders", podLabels: { app: "api" } },
              { namespaceLabels: { team: "billing" } },
              { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] },
            ],
          },
          { ports: [9094], from: "anyone" },
        ],
        {},
      ),
    );
    const tcp = (port: number) => ({ port, protocol: "TCP" });
    assert.deepEqual(one(resources, "NetworkPolicy").inputs, {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "broker", namespace: "kafka", labels: labelsOf("broker", "kafka") },
      spec: {
        podSelector: { matchLabels: selectorOf("broker") },
        policyTypes: ["Ingress"],
        ingress: [
          {
            ports: [tcp(9093), tcp(9095)],
            from: ["broker", "controller"].map((role) => ({ podSelector: { matchLabels: selectorOf(role) } })),
          },
          {
            ports: [tcp(9092)],
            from: [
              { podSelector: {} },
              {
                namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "orders" } },
                podSelector: { matchLabels: { app: "api" } },
              },
              { namespaceSelector: { matchLabels: { team: "billing" } } },
              { ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } },
            ],
          },
          { ports: [tcp(9094)] },
        ],
      },
    });
  });

  it("refuses a peer that names nobody, and does not read it as everybody", async () => {
    const open = registered(() =>
      allowIngress(
        "access",
        SCOPE,
        "broker",
        [{ ports: [9092], from: "namespace", also: [{ podLabels: { app: "api" } }] }],
        {},
      ),
    );
    await assert.rejects(open, /must name a namespace/);
  });
});
