import type { Alert, Series } from "./alert";

/** Groups that had members within six hours: an abandoned group keeps its positions for a week, and concerns nobody. */
const alive = (series: Series): string =>
  `and on (namespace, consumergroup) max_over_time(${series("kafka_consumergroup_state", 'state!~"Empty|Dead"')}[6h])`;

/** When the lag exporter last had an answer from Kafka. */
const LAST = "kafka_stack_lag_last_round_timestamp_seconds";

/** Lagging consumer groups, and what measures them. */
export const consumers: readonly Alert[] = [
  {
    name: "KafkaConsumerBehind",
    severity: "warning",
    expression: (series) =>
      `max by (namespace, consumergroup, topic) (${series("kafka_consumergroup_lag_seconds")}) > 600 ${alive(series)}`,
    for: "10m",
    summary:
      "The group {{ $labels.consumergroup }} in {{ $labels.namespace }} is {{ $value | humanizeDuration }} behind in {{ $labels.topic }}.",
  },
  {
    name: "KafkaConsumerLagGrows",
    severity: "warning",
    // The lag of bursty topics grows for a while and falls at some time; here it exceeds every earlier value all the time.
    expression: (series) => {
      const lag = `sum by (namespace, consumergroup, topic) (${series("kafka_consumergroup_lag")})`;
      return `${lag} > 1000 and ${lag} > max_over_time((${lag})[30m:1m] offset 5m) ${alive(series)}`;
    },
    for: "30m",
    summary:
      "The group {{ $labels.consumergroup }} in {{ $labels.namespace }} falls behind in {{ $labels.topic }}: {{ $value }} records, and more all the time.",
  },
  {
    name: "KafkaLagSilent",
    severity: "warning",
    expression: (series) => `time() - max by (namespace) (max_over_time(${series(LAST)}[1d])) > 300`,
    for: "5m",
    summary:
      "Nobody has known for {{ $value | humanizeDuration }} how far the consumers in {{ $labels.namespace }} are behind.",
  },
  {
    name: "KafkaLagIncomplete",
    severity: "warning",
    expression: (series) => `sum by (namespace, what) (${series("kafka_stack_lag_unanswered")}) > 0`,
    for: "15m",
    summary:
      "The lag of consumers in {{ $labels.namespace }} is not fully known: {{ $value }} answers of the kind {{ $labels.what }} are missing.",
  },
];
