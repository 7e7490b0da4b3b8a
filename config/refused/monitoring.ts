import type { Refused } from "./case";

/** Bad configs by their fault. */
export const MONITORING: Readonly<Record<string, readonly Refused[]>> = {
  monitoring: [
    [{ monitoring: { dashboards: true } }, "monitoring.dashboards", "has no effect"],
    [{ monitoring: { page: "yes please" } }, "monitoring.page", "true or false"],
    [{ monitoring: { page: true, lag: false } }, "monitoring.page", "while monitoring.lag is false"],
    [{ monitoring: { lag: "maybe" } }, "monitoring.lag", "true or false"],
    [{ monitoring: { scrape: "yes" } }, "monitoring.scrape", "one of off, podMonitor, annotations"],
    [
      { monitoring: { scrape: "podMonitor" } },
      "monitoring.namespaces",
      "is missing; allowed is at least one namespace",
    ],
    [{ monitoring: { scrape: "annotations", namespaces: [] } }, "monitoring.namespaces", "is missing"],
    [{ monitoring: { namespaces: ["Monitoring"] } }, "monitoring.namespaces[0]", "the name of a namespace"],
    [{ monitoring: { namespaces: "monitoring" } }, "monitoring.namespaces", "a list of names of namespaces"],
    [{ monitoring: { labels: { release: "prometheus" } } }, "monitoring.labels", "has no effect"],
    [
      { monitoring: { scrape: "annotations", namespaces: ["monitoring"], alerts: false } },
      "monitoring.alerts",
      "has no effect",
    ],
    [
      { monitoring: { scrape: "podMonitor", namespaces: ["monitoring"], labels: { "no name": "x" } } },
      'monitoring.labels["no name"]',
      "the name of a label",
    ],
    [
      {
        monitoring: {
          scrape: "podMonitor",
          namespaces: ["monitoring"],
          labels: { "app.kubernetes.io/component": "broker" },
        },
      },
      'monitoring.labels["app.kubernetes.io/component"]',
      "the stack's own",
    ],
    [
      { monitoring: { scrape: "podMonitor", namespaces: ["monitoring"], labels: { release: "a b" } } },
      "monitoring.labels.release",
      "the value of a label",
    ],
  ],
};
