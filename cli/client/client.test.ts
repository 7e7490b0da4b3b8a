import { strict as assert } from "node:assert";
import { clientPod } from "./pod";
import { toolCommand } from "./tool";

describe("npm run client", () => {
  it("adds the brokers' address where it is left out", () => {
    const address = ["--bootstrap-server", "kafka-bootstrap:9092"];
    assert.deepEqual(toolCommand("kafka-topics", ["--list"]), ["kafka-topics.sh", ...address, "--list"]);
    assert.deepEqual(toolCommand("kafka-metadata-quorum.sh", ["describe", "--status"]), [
      "kafka-metadata-quorum.sh",
      ...address,
      "describe",
      "--status",
    ]);
  });

  it("keeps a given address, and skips tools that take it in another form", () => {
    const elsewhere = ["--list", "--bootstrap-server=broker-0.broker:9092"];
    assert.deepEqual(toolCommand("kafka-topics", elsewhere), ["kafka-topics.sh", ...elsewhere]);
    assert.deepEqual(toolCommand("kafka-storage", ["random-uuid"]), ["kafka-storage.sh", "random-uuid"]);
    assert.deepEqual(toolCommand("kafka-topics", ["--help"]), ["kafka-topics.sh", "--help"]);
  });

  it("names the tools that exist", () => {
    assert.throws(
      () => toolCommand("kafka-mirror-maker", []),
      /no tool kafka-mirror-maker; it has kafka-acls, .*kafka-topics/,
    );
  });

  it("runs under the PodSecurity standard restricted, with nothing of the brokers but their image", () => {
    const broker = {
      name: "broker",
      image: "kafka@sha256:1",
      env: [{ name: "SECRET", value: "x" }],
      volumeMounts: [{ name: "data", mountPath: "/data" }],
    };
    const { metadata, spec } = clientPod({
      metadata: { labels: { "app.kubernetes.io/instance": "dev" } },
      spec: {
        serviceName: "broker",
        selector: {},
        template: {
          spec: { serviceAccountName: "broker", imagePullSecrets: [{ name: "pull" }], containers: [broker] },
        },
      },
    });
    assert.equal(metadata?.labels?.["app.kubernetes.io/component"], "client");
    assert.deepEqual(spec?.imagePullSecrets, [{ name: "pull" }]);
    assert.equal(spec.serviceAccountName, undefined);
    assert.equal(spec.automountServiceAccountToken, false);
    const { securityContext } = spec;
    assert.equal(securityContext?.runAsNonRoot, true);
    assert.equal(securityContext.seccompProfile?.type, "RuntimeDefault");
    const [container] = spec.containers;
    assert.equal(container?.image, "kafka@sha256:1");
    assert.equal(container.env, undefined);
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("has the certificate for people where brokers ask for one", () => {
    const broker = { name: "broker", image: "kafka@sha256:1", env: [{ name: "KAFKA_TLS_DIR", value: "/elsewhere" }] };
    const template = { spec: { containers: [broker] } };
    const { spec } = clientPod({ spec: { serviceName: "broker", selector: {}, template } });
    assert.deepEqual(spec?.containers[0]?.env, [{ name: "KAFKA_TLS_DIR", value: "/etc/kafka-tls" }]);
    assert.deepEqual(spec.volumes?.[1]?.secret, { secretName: "kafka-tls-client", defaultMode: 0o440 });
    assert.equal(spec.containers[0].volumeMounts?.[1]?.mountPath, "/etc/kafka-tls");
  });
});
