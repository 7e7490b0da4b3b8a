import assert from "node:assert/strict";
import {
  IMAGE,
  labelsOf,
  one,
  parts,
  RESOURCES,
  RESTRICTED,
  SCOPE,
  securityOf,
  selectorOf,
} from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { WebService, type WebServiceArgs } from "./web-service";

const args: WebServiceArgs = {
  ...SCOPE,
  role: "kproducer",
  image: IMAGE,
  command: ["node", "/app/kproducer.js"],
  port: 19092,
  serviceType: "NodePort",
  nodePort: 30192,
  replicas: 2,
  resources: RESOURCES,
  env: [{ name: "KCHAT_PORT", value: "19092" }],
};
const metadata = { name: "kproducer", namespace: "kafka", labels: labelsOf("kproducer", "kchat") };
const service = (changed: Partial<WebServiceArgs> = {}) =>
  registered(() => new WebService("web", { ...args, ...changed }));
const spec = async (kind: string, changed: Partial<WebServiceArgs> = {}) =>
  one(await service(changed), kind).inputs["spec"] as Record<string, unknown>;
const probe = (path: string, periodSeconds: number, failureThreshold: number) => ({
  httpGet: { path, port: 19092 },
  timeoutSeconds: 3,
  periodSeconds,
  failureThreshold,
});

describe("WebService", () => {
  it("is a Deployment with a Service, a budget and a policy", async () => {
    assert.deepEqual(parts(await service()), [
      "Deployment web",
      "NetworkPolicy web-access",
      "PodDisruptionBudget web-budget",
      "Service web-service",
    ]);
  });

  it("rolls without losing a pod, and spreads over nodes", async () => {
    const term = { labelSelector: { matchLabels: selectorOf("kproducer") }, topologyKey: "kubernetes.io/hostname" };
    assert.deepEqual(one(await service(), "Deployment").inputs, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 2,
        selector: { matchLabels: selectorOf("kproducer") },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: { labels: labelsOf("kproducer", "kchat") },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: securityOf(10001),
            terminationGracePeriodSeconds: 30,
            affinity: {
              podAntiAffinity: {
                preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }],
              },
            },
            containers: [
              {
                name: "kproducer",
                image: IMAGE,
                command: ["node", "/app/kproducer.js"],
                env: [{ name: "KCHAT_PORT", value: "19092" }],
                ports: [{ name: "http", containerPort: 19092 }],
                resources: RESOURCES,
                terminationMessagePolicy: "FallbackToLogsOnError",
                securityContext: RESTRICTED,
                startupProbe: probe("/healthz", 1, 60),
                readinessProbe: probe("/readyz", 2, 2),
                livenessProbe: probe("/healthz", 10, 3),
                volumeMounts: [],
              },
            ],
            volumes: [],
          },
        },
      },
    });
  });

  it("is offered at its NodePort once its pods are there", async () => {
    const resources = await service();
    const { inputs, dependencies } = one(resources, "Service");
    assert.deepEqual(inputs, {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        type: "NodePort",
        selector: selectorOf("kproducer"),
        ports: [{ name: "http", port: 19092, nodePort: 30192 }],
      },
    });
    assert.deepEqual(dependencies, [one(resources, "Deployment").urn]);
  });

  it("has no NodePort with another type of Service", async () => {
    for (const serviceType of ["ClusterIP", "LoadBalancer"] as const) {
      const { type, ports } = await spec("Service", { serviceType });
      assert.deepEqual([type, ports], [serviceType, [{ name: "http", port: 19092 }]]);
    }
  });

  it("is open to anyone on its single port", async () => {
    assert.deepEqual(await spec("NetworkPolicy"), {
      podSelector: { matchLabels: selectorOf("kproducer") },
      policyTypes: ["Ingress"],
      ingress: [{ ports: [{ port: 19092, protocol: "TCP" }] }],
    });
  });

  it("has a budget only with more than one pod: it would keep a single one from ever moving", async () => {
    assert.deepEqual(await spec("PodDisruptionBudget"), {
      maxUnavailable: 1,
      selector: { matchLabels: selectorOf("kproducer") },
    });
    assert.ok(!parts(await service({ replicas: 1 })).includes("PodDisruptionBudget web-budget"));
  });

  it("mounts its Secret", async () => {
    const { template } = (await spec("Deployment", { secret: "kchat-token" })) as {
      template: { spec: { volumes: unknown; containers: { volumeMounts: unknown }[] } };
    };
    assert.deepEqual(template.spec.volumes, [{ name: "secret", secret: { secretName: "kchat-token" } }]);
    assert.deepEqual(template.spec.containers[0]?.volumeMounts, [
      { name: "secret", mountPath: "/etc/kchat", readOnly: true },
    ]);
  });

  it("leaves the number of pods to the autoscaler, if there is one", async () => {
    const resources = await service({ replicas: 1, autoscaling: { min: 2, max: 5, cpuPercent: 70 } });
    assert.deepEqual(one(resources, "HorizontalPodAutoscaler").inputs["spec"], {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "kproducer" },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
      ],
    });
    // Without a number Kubernetes would scale to one pod when autoscaling is switched on.
    const { inputs, ignoreChanges } = one(resources, "Deployment");
    assert.equal((inputs["spec"] as { replicas?: number }).replicas, 2);
    assert.deepEqual(ignoreChanges, ["spec.replicas"]);
    assert.deepEqual(one(await service(), "Deployment").ignoreChanges, []);
    assert.ok(parts(resources).includes("PodDisruptionBudget web-budget"));
  });
});
