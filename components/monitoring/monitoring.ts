import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CHAT_PORTS, METRICS_PORT } from "../kubernetes/ports";
import { skipAwait } from "../kubernetes/await-annotations";
import { fixedName, labels, metadata, selector, type Role, type Scope } from "../kubernetes/scope";
import { ruleGroups } from "./alerts";
import { dashboardFiles } from "./dashboards";
import { LagExporter, type LagSource } from "./lag-exporter";

/** Kinds of pods with metrics. */
export type Monitored = Extract<
  Role,
  "broker" | "controller" | "zookeeper" | "kproducer" | "kconsumer" | "lag-exporter"
>;

export interface MonitoringArgs extends Scope {
  /** The existing kinds of pods. */
  readonly roles: readonly Exclude<Monitored, "lag-exporter">[];
  /**
   * How Prometheus finds them: by a PodMonitor, which needs the Prometheus operator; by annotations on Services; or by its own configuration (`off`), which only
   * needs access.
   */
  readonly scrape: "off" | "podMonitor" | "annotations";
  /** Namespaces whose pods may read the servers' metrics. */
  readonly namespaces: readonly string[];
  /** What measures consumer lag. @default nothing */
  readonly lag?: LagSource | undefined;
  /** Labels of the operator's objects, by which Prometheus selects them. @default only the stack's own */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Whether to create dashboards, as ConfigMaps for Grafana's sidecar. @default false */
  readonly dashboards?: boolean | undefined;
  /** Whether the operator gets the alerts too. @default true, with `podMonitor` */
  readonly alerts?: boolean | undefined;
  /** Address of the folder with the alerts' runbooks. @default docs/runbooks, its path in the repository */
  readonly runbooks?: string | undefined;
}

/** Name of the operator's objects. */
const NAME = "kafka-stack";

/** Pods with metrics on a port that is open to anybody. */
const OPEN = { kproducer: CHAT_PORTS.producer, kconsumer: CHAT_PORTS.consumer } as const;

const isOpen = (role: Monitored): role is keyof typeof OPEN => role in OPEN;
const portOf = (role: Monitored): number => (isOpen(role) ? OPEN[role] : METRICS_PORT);

/** Admits Prometheus to the servers' metrics, and tells it where they are. It changes no pod, so switching it on or off restarts nothing. */
export class Monitoring extends pulumi.ComponentResource {
  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:monitoring:Monitoring", name, {}, opts);
    const roles: readonly Monitored[] = [...args.roles, ...(args.lag ? (["lag-exporter"] as const) : [])];
    const servers = roles.filter((role) => !isOpen(role));
    for (const role of servers) this.letIn(`${name}-${role}-access`, args, role);
    if (args.lag) new LagExporter(`${name}-lag`, { ...args, ...args.lag }, { parent: this });
    if (args.dashboards) this.dashboards(`${name}-dashboard`, args);
    if (args.scrape === "podMonitor") {
      this.podMonitor(`${name}-pods`, args, roles);
      if (args.alerts !== false) this.alerts(`${name}-alerts`, args);
    }
    if (args.scrape === "annotations") {
      for (const role of roles) this.annotated(`${name}-${role}`, args, role);
    }
    this.registerOutputs({});
  }

  /** Adds to the pool's own policy: a connection is allowed if any policy allows it. */
  private letIn(name: string, args: MonitoringArgs, role: Monitored) {
    if (args.namespaces.length === 0) return;
    new k8s.networking.v1.NetworkPolicy(
      name,
      {
        metadata: metadata(args, role, `${role}-metrics`),
        spec: {
          podSelector: { matchLabels: selector(args.instance, role) },
          policyTypes: ["Ingress"],
          ingress: [
            {
              ports: [{ port: METRICS_PORT, protocol: "TCP" }],
              from: args.namespaces.map((namespace) => ({
                namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
              })),
            },
          ],
        },
      },
      fixedName(this),
    );
  }

  private podMonitor(name: string, args: MonitoringArgs, roles: readonly Monitored[]) {
    new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PodMonitor",
        metadata: operatorMetadata(args),
        spec: {
          selector: {
            matchLabels: { "app.kubernetes.io/instance": args.instance },
            matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: [...roles] }],
          },
          podTargetLabels: ["app.kubernetes.io/component", "app.kubernetes.io/instance"],
          // Only ports that the pod has are scraped.
          podMetricsEndpoints: [
            { port: "metrics", path: "/metrics" },
            ...(roles.some(isOpen) ? [{ port: "http", path: "/metrics" }] : []),
          ],
        },
      },
      fixedName(this),
    );
  }

  private alerts(name: string, args: MonitoringArgs) {
    const { runbooks } = args;
    new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: operatorMetadata(args),
        spec: { groups: pulumi.output(args.namespace).apply((namespace) => ruleGroups({ namespace, runbooks })) },
      },
      fixedName(this),
    );
  }

  /** A ConfigMap for each dashboard, because one may not exceed a MiB. */
  private dashboards(name: string, args: MonitoringArgs) {
    for (const [file, content] of Object.entries(dashboardFiles())) {
      const dashboard = file.replace(/^kafka-(.*)\.json$/, "$1");
      const meta = metadata(args, "monitoring", `kafka-dashboard-${dashboard}`);
      new k8s.core.v1.ConfigMap(
        `${name}-${dashboard}`,
        { metadata: { ...meta, labels: { ...meta.labels, grafana_dashboard: "1" } }, data: { [file]: content } },
        fixedName(this),
      );
    }
  }

  /** Annotates a Service instead of the pods, which restarts none; each pod of it is scraped by itself, even before it is ready. */
  private annotated(name: string, args: MonitoringArgs, role: Monitored) {
    const port = portOf(role);
    new k8s.core.v1.Service(
      name,
      {
        metadata: metadata(args, role, `${role}-metrics`, {
          ...skipAwait,
          "prometheus.io/scrape": "true",
          "prometheus.io/port": String(port),
          "prometheus.io/path": "/metrics",
        }),
        spec: {
          clusterIP: "None",
          selector: selector(args.instance, role),
          publishNotReadyAddresses: true,
          ports: [{ name: "metrics", port }],
        },
      },
      fixedName(this),
    );
  }
}

/** Metadata of objects that the Prometheus operator reads. */
function operatorMetadata(args: MonitoringArgs) {
  return {
    name: NAME,
    namespace: args.namespace,
    labels: { ...args.labels, ...labels(args.instance, "monitoring") },
  };
}
