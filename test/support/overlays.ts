import { workloads } from "./objects";
import { recordStack } from "./stacks";

/** A container that Kubernetes and the stack's rules let in, with nothing that the stack would add. */
const container = (name: string) => ({
  name,
  image: `registry.example.com/${name}@sha256:${"b".repeat(64)}`,
  env: [{ name: "TARGET", value: "localhost" }],
  ports: [{ containerPort: 7000 }],
  resources: {
    requests: { cpu: "10m", memory: "16Mi", "ephemeral-storage": "1Mi" },
    limits: { cpu: "100m", memory: "32Mi", "ephemeral-storage": "1Mi" },
  },
  volumeMounts: [{ name: "extra", mountPath: "/extra", readOnly: true }],
});

/** With its probes, which pods that serve must have. */
const sidecar = (name: string) => {
  const ask = { httpGet: { path: "/", port: 7000 }, timeoutSeconds: 2 };
  return { ...container(name), readinessProbe: ask, livenessProbe: ask, startupProbe: ask };
};

/** Something of every field. */
const ALL = {
  labels: { team: "events" },
  annotations: { "example.com/owner": "events" },
  tolerations: [{ key: "pool", operator: "Equal", value: "kafka", effect: "NoSchedule" }],
  nodeSelector: { pool: "kafka" },
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, podAffinityTerm: { topologyKey: "rack", labelSelector: { matchLabels: { team: "events" } } } },
      ],
    },
  },
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "rack", whenUnsatisfiable: "ScheduleAnyway" }],
  priorityClassName: "events",
  runtimeClassName: "hardened",
  imagePullSecrets: [{ name: "pull" }],
  imagePullPolicy: "Always",
  env: [{ name: "EXTRA_TOKEN", valueFrom: { secretKeyRef: { name: "extra", key: "token" } } }],
  volumes: [{ name: "extra", emptyDir: { sizeLimit: "1Mi" } }],
  volumeMounts: [{ name: "extra", mountPath: "/extra" }],
  initContainers: [container("before")],
  dnsConfig: { options: [{ name: "ndots", value: "3" }] },
  hostAliases: [{ ip: "10.0.0.1", hostnames: ["ldap.example.com"] }],
  securityContext: { supplementalGroups: [2000] },
  terminationGracePeriodSeconds: 300,
  probes: { startup: { failureThreshold: 900 }, liveness: { failureThreshold: 9 } },
  resources: { limits: { "hugepages-2Mi": "2Mi" }, requests: { "hugepages-2Mi": "2Mi" } },
};

const SERVERS = ["broker", "controller", "zookeeper", "kproducer", "kconsumer"] as const;

/** Overlays that say something of every field, for each kind of pod that a stack has. */
export const OVERLAYS = {
  all: ALL,
  of: async (stack: string): Promise<Record<string, unknown>> => {
    const roles = new Set(
      workloads(await recordStack(stack)).map(
        ({ template }) => template.metadata?.labels?.["app.kubernetes.io/component"],
      ),
    );
    const servers = SERVERS.filter((kind) => roles.has(kind));
    const own = { labels: { own: "yes" }, sidecars: [sidecar("beside")] };
    return { all: ALL, job: { labels: { own: "yes" } }, ...Object.fromEntries(servers.map((kind) => [kind, own])) };
  },
};
