import assert from "node:assert/strict";
import { get, inPod, kubectl } from "../support/kubectl";
import { until } from "../support/until";
import { life } from "./life";

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly nodeName: string; readonly imagePullSecrets?: readonly { readonly name: string }[] };
  }[];
}

interface Nodes {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  }[];
}

const USER = "platform";
const PASSWORD = "a password, for the sandbox";

/** Stands in for an ingress controller: an Ingress without an address is awaited. */
async function giveAddress(): Promise<void> {
  const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: "198.18.0.1" }] } } });
  await until("the Ingress can be given an address", 900, () =>
    kubectl("patch", "ingress", "kchat", "-n", "kafka", "--subresource=status", "--type=merge", "-p", status).then(
      () => null,
      (error: unknown) => String(error),
    ),
  );
}

life(
  {
    stack: "production",
    // The sandbox has neither an existing registry nor an ingress controller.
    set: () =>
      Promise.resolve([
        "registry.external=false",
        "registry.pushAddress=localhost:31500",
        `registry.username=${USER}`,
        `registry.password=${PASSWORD}`,
        "kchat.serviceType=NodePort",
        "storage.size=10Gi",
      ]),
    beside: giveAddress,
    servers: { broker: 3, controller: 3 },
    room: { partitions: 12, replicationFactor: 3 },
  },
  () => {
    it("lets only its user into the registry", async () => {
      const catalog = "http://localhost:31500/v2/_catalog";
      assert.equal((await fetch(catalog)).status, 401);
      const authorization = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`;
      const response = await fetch(catalog, { headers: { authorization } });
      assert.deepEqual(((await response.json()) as { repositories: string[] }).repositories.sort(), [
        "kafka",
        "services",
      ]);
    });

    it("pulls with the registry's credentials", async () => {
      const { items } = await get<Pods>("pods", "-n", "kafka");
      for (const { metadata, spec } of items) assert.equal(spec.imagePullSecrets?.length, 1, metadata.name);
    });

    it("has each broker in its own zone, which is its rack", async () => {
      const nodes = (await get<Nodes>("nodes")).items;
      const zones = new Map(
        nodes.map(({ metadata }) => [metadata.name, metadata.labels["topology.kubernetes.io/zone"]]),
      );
      const { items } = await get<Pods>("pods", "-n", "kafka", "-l", "app.kubernetes.io/component=broker");
      for (const { metadata, spec } of items) {
        const rack = await inPod(metadata.name, "sed", "-n", "s/^broker.rack=//p", "/tmp/server.properties");
        assert.equal(rack.trim(), zones.get(spec.nodeName), metadata.name);
      }
      assert.equal(new Set(items.map(({ spec }) => zones.get(spec.nodeName))).size, 3);
    });
  },
);
