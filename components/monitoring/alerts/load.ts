import type { Alert, Series } from "./alert";

/** The share of a broker's requests of a kind that fail. */
const failing = (series: Series, kind: "produce" | "fetch"): string => {
  const rate = (name: string) =>
    `sum by (namespace, pod) (rate(${series(`kafka_server_brokertopicmetrics_${name}${kind}requests_total`)}[5m]))`;
  return `${rate("failed")} / (${rate("total")} > 0) > 0.01`;
};

/** Overloaded brokers, and the effect on clients. */
export const load: readonly Alert[] = [
  {
    name: "KafkaRequestHandlersBusy",
    severity: "warning",
    expression: (series) => `${series("kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent")} < 0.2`,
    for: "10m",
    summary:
      "The request handlers of {{ $labels.pod }} in {{ $labels.namespace }} are idle for {{ $value | humanizePercentage }} of their time.",
  },
  {
    name: "KafkaNetworkThreadsBusy",
    severity: "warning",
    expression: (series) => `${series("kafka_network_socketserver_networkprocessoravgidle_percent")} < 0.2`,
    for: "10m",
    summary:
      "The network threads of {{ $labels.pod }} in {{ $labels.namespace }} are idle for {{ $value | humanizePercentage }} of their time.",
  },
  {
    name: "KafkaProduceSlow",
    severity: "warning",
    // Kafka's quantiles keep their value when nobody writes any more.
    expression: (series) =>
      `${series("kafka_network_requestmetrics_totaltimems", 'request="Produce",quantile="0.99"')} > 1000 and on (namespace, pod) ` +
      `rate(${series("kafka_network_requestmetrics_totaltimems_count", 'request="Produce"')}[5m]) > 0`,
    for: "10m",
    summary: "One in a hundred writes at {{ $labels.pod }} in {{ $labels.namespace }} takes more than {{ $value }} ms.",
  },
  {
    name: "KafkaProduceErrors",
    severity: "warning",
    expression: (series) => failing(series, "produce"),
    for: "10m",
    summary: "{{ $value | humanizePercentage }} of the writes at {{ $labels.pod }} in {{ $labels.namespace }} fail.",
  },
  {
    name: "KafkaFetchErrors",
    severity: "warning",
    expression: (series) => failing(series, "fetch"),
    for: "10m",
    summary: "{{ $value | humanizePercentage }} of the reads at {{ $labels.pod }} in {{ $labels.namespace }} fail.",
  },
  {
    name: "KafkaHeapFull",
    severity: "warning",
    // The heap after a collection, only of the stack's servers: every JVM that Prometheus watches has these names.
    expression: (series) =>
      `sum by (namespace, pod) (${series("jvm_memory_pool_collection_used_bytes", 'pool=~".*Old Gen"')}) ` +
      `/ on (namespace, pod) max by (namespace, pod) (${series("jvm_memory_max_bytes", 'area="heap"')}) > 0.9 ` +
      `and on (namespace, pod) ${series("kafka_stack_start_time_seconds")}`,
    for: "15m",
    summary:
      "The heap of {{ $labels.pod }} in {{ $labels.namespace }} is {{ $value | humanizePercentage }} full after a collection.",
  },
];
