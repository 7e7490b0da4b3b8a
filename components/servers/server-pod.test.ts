import assert from "node:assert/strict";
import { IMAGE, RESOURCES, RESTRICTED, securityOf, selectorOf } from "../../test/support/components";
import { serverPod, type ServerContainer, type ServerPodArgs } from "./server-pod";

const args: ServerPodArgs = {
  instance: "test",
  role: "broker",
  image: IMAGE,
  heap: "512m",
  resources: RESOURCES,
  spread: { nodes: "preferred" },
  terminationGracePeriodSeconds: 120,
};
const container: ServerContainer = {
  env: [{ name: "KAFKA_POOL", value: "broker" }],
  ports: [{ name: "client", containerPort: 9092 }],
  volumeMounts: [{ name: "data-0", mountPath: "/var/lib/kafka/data-0" }],
  configMap: "kafka-config",
};
const term = { labelSelector: { matchLabels: selectorOf("broker") }, topologyKey: "kubernetes.io/hostname" };
const probe = (path: string, periodSeconds: number, failureThreshold: number) => ({
  httpGet: { path, port: 8080 },
  timeoutSeconds: 5,
  periodSeconds,
  failureThreshold,
});

describe("serverPod", () => {
  it("is one restricted container with probes that start no process", () => {
    assert.deepEqual(serverPod(args, container), {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: securityOf(10000),
      terminationGracePeriodSeconds: 120,
      affinity: {
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] },
      },
      containers: [
        {
          name: "broker",
          image: IMAGE,
          env: [
            { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
            { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
            { name: "KAFKA_HEAP_OPTS", value: "-Xms512m -Xmx512m" },
            { name: "KAFKA_POOL", value: "broker" },
          ],
          ports: [
            { name: "client", containerPort: 9092 },
            { name: "health", containerPort: 8080 },
            { name: "metrics", containerPort: 9404 },
          ],
          resources: RESOURCES,
          terminationMessagePolicy: "FallbackToLogsOnError",
          securityContext: RESTRICTED,
          lifecycle: { preStop: { exec: { command: ["leave.sh", "30", "8080"] } } },
          startupProbe: probe("/live", 1, 600),
          readinessProbe: probe("/ready", 1, 6),
          livenessProbe: probe("/live", 10, 6),
          volumeMounts: [
            { name: "config", mountPath: "/etc/kafka", readOnly: true },
            { name: "tmp", mountPath: "/tmp" },
            { name: "data-0", mountPath: "/var/lib/kafka/data-0" },
          ],
        },
      ],
      volumes: [
        { name: "config", configMap: { name: "kafka-config" } },
        { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
      ],
    });
  });

  it("shares no node with another server of its pool when that is required", () => {
    assert.deepEqual(serverPod({ ...args, spread: { nodes: "required" } }, container).affinity, {
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
    });
  });

  it("is spread over zones when a zone label is named", () => {
    const { topologySpreadConstraints } = serverPod(
      { ...args, spread: { nodes: "preferred", zoneLabel: "zone" } },
      container,
    );
    assert.deepEqual(topologySpreadConstraints, [
      {
        maxSkew: 1,
        topologyKey: "zone",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selectorOf("broker") },
      },
    ]);
  });

  it("accepts further volumes", () => {
    const { volumes } = serverPod(args, {
      ...container,
      volumes: [{ name: "data-0", emptyDir: { sizeLimit: "2Gi" } }],
    });
    assert.deepEqual((volumes as unknown[]).at(-1), { name: "data-0", emptyDir: { sizeLimit: "2Gi" } });
  });
});
