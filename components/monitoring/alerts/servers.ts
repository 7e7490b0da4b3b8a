import { type Alert, fewer, unlessRolling, type Series } from "./alert";

/** Seconds before the end of a server's certificate at which its renewal is overdue: it is renewed when a third of its year is left. */
const OVERDUE_S = 90 * 24 * 3600;

/** Seconds before the end of an authority at which another one is to be planned: from then on its certificates end with it. */
const PLAN_S = 365 * 24 * 3600;

/** Seconds before its end at which somebody is woken for any of them. */
const ALMOST_S = 7 * 24 * 3600;

/** PromQL for the seconds until certificates expire: those of servers, of authorities, or both. */
const left = (series: Series, certificate?: "server" | "authority"): string => {
  const which = certificate && `certificate="${certificate}"`;
  return `${series("kafka_stack_certificate_expiration_timestamp_seconds", which)} - time()`;
};

const FENCED = "kafka_controller_kafkacontroller_fencedbrokercount";

/** PromQL that has a result while, as every controller sees it, as many brokers are active as the stack has: one that is fenced is not among them. */
const allActive = (series: Series): string =>
  `(min by (namespace) (${series("kafka_controller_kafkacontroller_activebrokercount")}) >= on (namespace) ` +
  `max by (namespace) (${series("kafka_stack_expected_brokers")}))`;

/** Brokers and controllers that are missing, fenced or restart again and again. */
export const servers: readonly Alert[] = [
  {
    name: "KafkaMetricsAbsent",
    severity: "critical",
    expression: (series) => `absent(${series("kafka_stack_expected_brokers")})`,
    for: "5m",
    summary: "No server of the Kafka cluster gives metrics: all are down, or Prometheus cannot reach them.",
  },
  {
    name: "KafkaBrokerMissing",
    severity: "warning",
    expression: (series) =>
      fewer(series, "kafka_stack_expected_brokers", `${series("kafka_server_kafkaserver_brokerstate")} == 3`),
    for: "1m",
    summary: "Fewer brokers run in {{ $labels.namespace }} than the stack has: {{ $value }} should.",
  },
  {
    name: "KafkaBrokerFenced",
    severity: "warning",
    // Those beyond what the stack has are another alert's.
    expression: (series) =>
      `(max by (namespace) (${series(FENCED)}) > 0 unless on (namespace) ${allActive(series)}) ${unlessRolling(series)}`,
    for: "5m",
    summary: "{{ $value }} brokers in {{ $labels.namespace }} are fenced: the controllers get no heartbeats from them.",
  },
  {
    name: "KafkaBrokerStillRegistered",
    severity: "warning",
    // A change that takes brokers away unregisters them minutes after they have stopped.
    expression: (series) => `max by (namespace) (${series(FENCED)}) > 0 and on (namespace) ${allActive(series)}`,
    for: "30m",
    summary:
      "{{ $value }} brokers that the stack in {{ $labels.namespace }} does not have are gone and still registered: unregister them.",
  },
  {
    name: "KafkaServerRestarts",
    severity: "warning",
    expression: (series) =>
      `changes(max by (namespace, pod) (${series("kafka_stack_start_time_seconds")})[80m:1m]) > 2`,
    for: "0m",
    summary: "{{ $labels.pod }} in {{ $labels.namespace }} has started {{ $value }} times within 80 minutes.",
  },
  {
    name: "KafkaNoActiveController",
    severity: "critical",
    expression: (series) =>
      `max by (namespace) (${series("kafka_stack_expected_brokers")}) unless on (namespace) ` +
      `(sum by (namespace) (${series("kafka_controller_kafkacontroller_activecontrollercount")}) >= 1)`,
    for: "2m",
    summary: "No controller in {{ $labels.namespace }} is active: no leader can be elected and nothing can change.",
  },
  {
    name: "KafkaSeveralActiveControllers",
    severity: "critical",
    expression: (series) =>
      `sum by (namespace) (${series("kafka_controller_kafkacontroller_activecontrollercount")}) > 1`,
    for: "2m",
    summary: "{{ $value }} controllers in {{ $labels.namespace }} say that they are active; there can be one.",
  },
  {
    name: "KafkaControllerMissing",
    severity: "warning",
    expression: (series) =>
      fewer(
        series,
        "kafka_stack_expected_controllers",
        series("kafka_controller_kafkacontroller_activecontrollercount"),
      ),
    for: "1m",
    summary: "Fewer controllers run in {{ $labels.namespace }} than the stack has: {{ $value }} should.",
  },
  {
    name: "KafkaMetadataLags",
    severity: "warning",
    expression: (series) =>
      `max by (namespace) (${series("kafka_server_raftmetrics_high_watermark")}) ` +
      `- on (namespace) group_right () max by (namespace, pod) (${series("kafka_server_raftmetrics_high_watermark")}) > 1000`,
    for: "5m",
    summary: "{{ $labels.pod }} in {{ $labels.namespace }} is {{ $value }} records of metadata behind.",
  },
  {
    name: "KafkaCertificateExpires",
    severity: "warning",
    expression: (series) => `${left(series, "server")} < ${OVERDUE_S} or ${left(series, "authority")} < ${PLAN_S}`,
    for: "30m",
    summary:
      "The {{ $labels.certificate }} certificate of {{ $labels.pod }} in {{ $labels.namespace }} expires in {{ $value | humanizeDuration }}: another one should be there by now.",
  },
  {
    name: "KafkaCertificateExpiresSoon",
    severity: "critical",
    expression: (series) => `${left(series)} < ${ALMOST_S}`,
    for: "5m",
    summary:
      "The {{ $labels.certificate }} certificate of {{ $labels.pod }} in {{ $labels.namespace }} expires in {{ $value | humanizeDuration }}: then nobody can connect.",
  },
];
