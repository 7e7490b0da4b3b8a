import assert from "node:assert/strict";
import { labelsOf, one, parts, SCOPE, selectorOf } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { ExternalAccess } from "./external-access";

const access = (replicas: number) =>
  registered(() => new ExternalAccess("external", { ...SCOPE, replicas, nodePortBase: 30100 }));

describe("ExternalAccess", () => {
  it("has one bootstrap NodePort and one per broker", async () => {
    assert.deepEqual(parts(await access(2)), [
      "Service external-0",
      "Service external-1",
      "Service external-bootstrap",
    ]);
  });

  it("routes each broker's port to that broker alone", async () => {
    assert.deepEqual(one(await access(2), "Service", "external-1").inputs, {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "broker-1-external",
        namespace: "kafka",
        labels: labelsOf("broker", "kafka"),
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        type: "NodePort",
        selector: { ...selectorOf("broker"), "statefulset.kubernetes.io/pod-name": "broker-1" },
        publishNotReadyAddresses: true,
        ports: [{ name: "external", port: 9094, nodePort: 30101 }],
      },
    });
  });

  it("has the bootstrap port one below the brokers', for any of them", async () => {
    const { inputs } = one(await access(2), "Service", "external-bootstrap");
    assert.deepEqual(inputs["spec"], {
      type: "NodePort",
      selector: selectorOf("broker"),
      publishNotReadyAddresses: true,
      ports: [{ name: "external", port: 9094, nodePort: 30099 }],
    });
  });

  it("moves no port when a broker is added", async () => {
    const [fewer, more] = [await access(3), await access(4)];
    for (const { name, inputs } of fewer.filter(({ custom }) => custom)) {
      assert.deepEqual(one(more, "Service", name).inputs, inputs);
    }
  });
});
