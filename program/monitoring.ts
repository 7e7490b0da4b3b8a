import type { LagSource, MonitoringArgs } from "../components";
import type { StackConfig } from "../config";

/** The arguments of monitoring, from the config; undefined when no Prometheus is let in or told of the servers, and there is no page of the cluster. */
export function monitoringArgs(
  { controllers, kchat, mode, monitoring }: StackConfig,
  source: LagSource,
): Omit<MonitoringArgs, "namespace" | "instance"> | undefined {
  if (monitoring.scrape === "off" && monitoring.namespaces.length === 0 && !monitoring.page) return undefined;
  const roles = [
    "broker" as const,
    ...(mode === "kraft" && controllers.dedicated ? (["controller"] as const) : []),
    ...(mode === "zookeeper" ? (["zookeeper"] as const) : []),
    ...(kchat.enabled ? (["kproducer", "kconsumer"] as const) : []),
  ];
  return { ...monitoring, roles, lag: monitoring.lag ? { ...source, page: monitoring.page } : undefined };
}
