import { z } from "zod";
import { DNS_LABEL, LABEL_VALUE } from "../components/kubernetes/names";
import { flag, pattern, url } from "./values";

const VALUE = "the value of a label";

/** Older YAML parsers read the word `off` as `false`. */
const scrape = () =>
  z.preprocess(
    (value) => (value === false ? "off" : value),
    z.enum(["off", "podMonitor", "annotations"], "one of off, podMonitor, annotations"),
  );

/** How Prometheus finds and reaches the servers. */
export const monitoring = z
  .strictObject(
    {
      scrape: scrape()
        .default("off")
        .describe(
          "How Prometheus learns of the servers: by a PodMonitor of the Prometheus operator (podMonitor), by the annotations `prometheus.io/scrape` on Services (annotations), or by its own configuration (off).",
        ),
      namespaces: z
        .array(pattern(DNS_LABEL, "the name of a namespace"), "a list of names of namespaces")
        .default([])
        .describe("Namespaces whose pods may read the metrics: those in which Prometheus runs."),
      labels: z
        .record(z.string(), pattern(LABEL_VALUE, VALUE), "a map of labels and their values")
        .default({})
        .describe(
          "Labels of the operator's objects, by which Prometheus selects them, such as `release: kube-prometheus-stack`.",
        ),
      lag: flag()
        .default(true)
        .describe(
          "Whether a pod measures consumer lag, in records and in seconds, when `scrape` or `namespaces` let anybody read it, or `page` shows it.",
        ),
      page: flag()
        .default(false)
        .describe(
          "Whether that pod also has a page of the cluster: brokers, partitions, consumers and moves, live. `npm run ops -- page` opens it, through the Kubernetes API; no port of it is open.",
        ),
      dashboards: flag()
        .default(false)
        .describe(
          "Whether the dashboards are created too, as ConfigMaps with the label `grafana_dashboard`, by which Grafana's sidecar finds them.",
        ),
      alerts: flag()
        .default(true)
        .describe("Whether the alerts are created too, as a PrometheusRule, when `scrape` is podMonitor."),
      runbooks: url()
        .exactOptional()
        .describe("Address of docs/runbooks for people who receive an alert. Default: the path in the repository."),
    },
    "scrape, namespaces, labels, lag, page, dashboards, alerts and runbooks",
  )
  .prefault({});
