import { type Alert, fewer } from "./alert";

/** The stack's Jobs, its ZooKeeper ensemble and its chat. */
export const surroundings: readonly Alert[] = [
  {
    name: "KafkaJobFailed",
    severity: "warning",
    // From kube-state-metrics, in namespaces with a cluster of a stack.
    expression: (series) =>
      `max by (namespace, job_name) (${series("kube_job_failed", 'condition="true"')}) == 1 and on (namespace) ` +
      `max by (namespace) (${series("kafka_stack_expected_brokers")})`,
    for: "5m",
    summary: "The Job {{ $labels.job_name }} in {{ $labels.namespace }} has failed.",
  },
  {
    name: "KafkaZooKeeperServerMissing",
    severity: "warning",
    expression: (series) =>
      fewer(
        series,
        "kafka_stack_expected_members",
        series("zookeeper_avgrequestlatency", 'memberType=~"Leader|Follower|Observer"'),
      ),
    for: "1m",
    summary: "Fewer ZooKeeper servers serve in {{ $labels.namespace }} than the stack has: {{ $value }} should.",
  },
  {
    name: "KafkaZooKeeperSlow",
    severity: "warning",
    expression: (series) => `${series("zookeeper_outstandingrequests")} > 10`,
    for: "5m",
    summary: "{{ $value }} requests wait at the ZooKeeper server {{ $labels.pod }} in {{ $labels.namespace }}.",
  },
  {
    name: "KafkaZooKeeperSessionExpired",
    severity: "warning",
    expression: (series) => `increase(${series("kafka_server_sessionexpirelistener_zookeeperexpires_total")}[10m]) > 0`,
    for: "0m",
    summary: "{{ $labels.pod }} in {{ $labels.namespace }} has lost its session with ZooKeeper.",
  },
  {
    name: "KafkaChatFailsToPublish",
    severity: "warning",
    expression: (series) => `sum by (namespace) (rate(${series("kchat_publish_failures_total")}[5m])) > 0.1`,
    for: "5m",
    summary: "The chat in {{ $labels.namespace }} fails to write {{ $value | humanize }} messages each second.",
  },
  {
    name: "KafkaChatDropsReaders",
    severity: "warning",
    expression: (series) => `sum by (namespace) (rate(${series("kchat_readers_dropped_total")}[10m])) > 0.1`,
    for: "10m",
    summary:
      "The chat in {{ $labels.namespace }} drops {{ $value | humanize }} readers each second because they do not keep up.",
  },
];
