import assert from "node:assert/strict";
import { labelsOf, one, parts, SCOPE, selectorOf } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { type RuleGroup, ruleGroups } from "./alerts";
import { DASHBOARDS } from "./dashboards";
import { LAG_COMMAND, LAG_MEMORY_LIMIT, PAGE_COMMAND, PAGE_MEMORY_LIMIT } from "./lag-exporter";
import { Monitoring, type MonitoringArgs } from "./monitoring";

const monitoring = (args: Partial<MonitoringArgs> = {}) =>
  registered(
    () =>
      new Monitoring("monitoring", {
        ...SCOPE,
        roles: ["broker", "kconsumer"],
        scrape: "off",
        namespaces: ["prometheus"],
        ...args,
      }),
  );

describe("Monitoring", () => {
  it("lets in the named namespaces at the metrics port, and at no other", async () => {
    const resources = await monitoring({ namespaces: ["prometheus", "datadog"] });
    assert.deepEqual(one(resources, "NetworkPolicy").inputs, {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "broker-metrics", namespace: "kafka", labels: labelsOf("broker", "kafka") },
      spec: {
        podSelector: { matchLabels: selectorOf("broker") },
        policyTypes: ["Ingress"],
        ingress: [
          {
            ports: [{ port: 9404, protocol: "TCP" }],
            from: ["prometheus", "datadog"].map((name) => ({
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
            })),
          },
        ],
      },
    });
  });

  it("creates no objects of the operator when Prometheus has its own configuration", async () => {
    assert.deepEqual(parts(await monitoring()), ["NetworkPolicy monitoring-broker-access"]);
  });

  it("tells the Prometheus operator about the pods, with the labels that it selects by", async () => {
    const resources = await monitoring({ scrape: "podMonitor", labels: { release: "prometheus" } });
    assert.deepEqual(one(resources, "PodMonitor").inputs, {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PodMonitor",
      metadata: {
        name: "kafka-stack",
        namespace: "kafka",
        labels: { ...labelsOf("monitoring", "kafka-monitoring"), release: "prometheus" },
      },
      spec: {
        selector: {
          matchLabels: { "app.kubernetes.io/instance": "test" },
          matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: ["broker", "kconsumer"] }],
        },
        podTargetLabels: ["app.kubernetes.io/component", "app.kubernetes.io/instance"],
        podMetricsEndpoints: [
          { port: "metrics", path: "/metrics" },
          { port: "http", path: "/metrics" },
        ],
      },
    });
  });

  it("gives the operator this cluster's alerts, unless they are not wanted", async () => {
    const wanted = { scrape: "podMonitor", runbooks: "https://example.com/runbooks/" } as const;
    const { spec } = one(await monitoring(wanted), "PrometheusRule").inputs as Record<string, object>;
    const { groups } = spec as { groups: readonly RuleGroup[] };
    assert.deepEqual(groups, ruleGroups({ namespace: "kafka", runbooks: "https://example.com/runbooks" }));
    const offline = groups.flatMap(({ rules }) => rules).find(({ alert }) => alert === "KafkaOfflinePartitions");
    assert.deepEqual(offline, {
      alert: "KafkaOfflinePartitions",
      expr: 'max by (namespace) (kafka_controller_kafkacontroller_offlinepartitionscount{namespace="kafka"}) > 0',
      for: "3m",
      labels: { severity: "critical" },
      annotations: {
        summary: "{{ $value }} partitions in {{ $labels.namespace }} have no leader: nobody can write or read them.",
        runbook_url: "https://example.com/runbooks/offline-partitions.md",
      },
    });
    const without = parts(await monitoring({ ...wanted, alerts: false }));
    assert.deepEqual(without, ["NetworkPolicy monitoring-broker-access", "PodMonitor monitoring-pods"]);
  });

  it("measures consumers in a pod that only the named namespaces may read", async () => {
    const lag = { image: "services@sha256:1", bootstrap: "kafka-bootstrap:9092" };
    const resources = await monitoring({ scrape: "annotations", lag });
    assert.deepEqual(one(resources, "Service", "monitoring-lag-exporter").inputs["spec"], {
      clusterIP: "None",
      selector: selectorOf("lag-exporter"),
      publishNotReadyAddresses: true,
      ports: [{ name: "metrics", port: 9404 }],
    });
    const { spec } = one(resources, "NetworkPolicy", "monitoring-lag-exporter-access").inputs as Record<string, object>;
    assert.deepEqual((spec as { podSelector: object }).podSelector, { matchLabels: selectorOf("lag-exporter") });
    const { template } = (one(resources, "Deployment").inputs as { spec: { template: { spec: object } } }).spec;
    const [container] = (template.spec as { containers: { command: string[]; env: object[] }[] }).containers;
    assert.deepEqual(container?.command, [...LAG_COMMAND]);
    assert.deepEqual(container.env, [
      { name: "KAFKA_BOOTSTRAP_ADDRESS", value: "kafka-bootstrap:9092" },
      { name: "LAG_PORT", value: "9404" },
    ]);
  });

  it("shows the cluster on a page at the pod's loopback address, and lets nobody in for that", async () => {
    const lag = { image: "services@sha256:1", bootstrap: "kafka-bootstrap:9092", page: true };
    const resources = await monitoring({ namespaces: [], lag });
    // The namespace's own policy lets nobody in.
    assert.deepEqual(parts(resources), ["Deployment monitoring-lag"]);
    const { template } = (one(resources, "Deployment").inputs as { spec: { template: { spec: object } } }).spec;
    const [container] = (
      template.spec as { containers: { command: string[]; env: object[]; ports: object[]; resources: object }[] }
    ).containers;
    assert.deepEqual(container?.command, [...PAGE_COMMAND]);
    assert.deepEqual(container.env.at(-1), { name: "LAG_PAGE_PORT", value: "8090" });
    assert.deepEqual(container.ports, [{ name: "metrics", containerPort: 9404 }]);
  });

  it("gives Grafana's sidecar the dashboards on request", async () => {
    const maps = (await monitoring({ dashboards: true })).filter(({ type }) => type.endsWith(":ConfigMap"));
    assert.equal(maps.length, DASHBOARDS.length);
    for (const { inputs } of maps) {
      const { metadata, data } = inputs as {
        metadata: { labels: Record<string, string> };
        data: Record<string, string>;
      };
      assert.equal(metadata.labels["grafana_dashboard"], "1");
      assert.equal(Object.values(data).length, 1);
    }
  });

  it("keeps V8's heap well below the limit of the pod's memory", () => {
    for (const [command, limit] of [
      [LAG_COMMAND, LAG_MEMORY_LIMIT],
      [PAGE_COMMAND, PAGE_MEMORY_LIMIT],
    ] as const) {
      const heap = Number(/--max-old-space-size=(\d+)/.exec(command.join(" "))?.[1]);
      // The positions, and what a process needs besides.
      assert.ok(heap + 80 + 90 <= Number.parseInt(limit));
    }
  });

  it("annotates Services, because annotated pods would restart", async () => {
    const resources = await monitoring({ scrape: "annotations" });
    const ports = { broker: 9404, kconsumer: 29092 };
    for (const [role, port] of Object.entries(ports)) {
      const { metadata, spec } = one(resources, "Service", `monitoring-${role}`).inputs as Record<string, object>;
      const { annotations } = metadata as { annotations: Record<string, string> };
      assert.deepEqual(
        [annotations["prometheus.io/scrape"], annotations["prometheus.io/port"], annotations["prometheus.io/path"]],
        ["true", String(port), "/metrics"],
      );
      assert.deepEqual(spec, {
        clusterIP: "None",
        selector: selectorOf(role),
        publishNotReadyAddresses: true,
        ports: [{ name: "metrics", port }],
      });
    }
  });
});
