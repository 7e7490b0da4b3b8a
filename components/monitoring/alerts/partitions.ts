import { type Alert, unlessRolling } from "./alert";

/** Partitions that are unreachable or lack replicas. */
export const partitions: readonly Alert[] = [
  {
    name: "KafkaOfflinePartitions",
    severity: "critical",
    expression: (series) =>
      `max by (namespace) (${series("kafka_controller_kafkacontroller_offlinepartitionscount")}) > 0`,
    // A partition with one replica has no leader while its broker restarts.
    for: "3m",
    summary: "{{ $value }} partitions in {{ $labels.namespace }} have no leader: nobody can write or read them.",
  },
  {
    name: "KafkaUnderMinIsr",
    severity: "critical",
    expression: (series) =>
      `sum by (namespace) (${series("kafka_server_replicamanager_underminisrpartitioncount")}) > 0`,
    for: "2m",
    summary:
      "{{ $value }} partitions in {{ $labels.namespace }} have fewer in-sync replicas than min.insync.replicas: writers with acks=all are refused.",
  },
  {
    name: "KafkaUnderReplicated",
    severity: "warning",
    expression: (series) =>
      `sum by (namespace) (${series("kafka_server_replicamanager_underreplicatedpartitions")}) > 0 ${unlessRolling(series)}`,
    for: "15m",
    summary:
      "{{ $value }} partitions in {{ $labels.namespace }} have lacked an in-sync replica for a quarter of an hour.",
  },
  {
    name: "KafkaUncleanElection",
    severity: "critical",
    expression: (series) =>
      `sum by (namespace) (increase(${series("kafka_controller_controllerstats_uncleanleaderelections_total")}[10m])) > 0`,
    for: "0m",
    summary: "A partition in {{ $labels.namespace }} was given a leader that was not in sync: records are lost.",
  },
  {
    name: "KafkaReassignmentStuck",
    severity: "warning",
    expression: (series) =>
      `sum by (namespace) (${series("kafka_server_replicamanager_reassigningpartitions")}) > 0 and on (namespace) ` +
      `sum by (namespace) (rate(${series("kafka_server_brokertopicmetrics_reassignmentbytesin_total")}[10m])) == 0`,
    for: "15m",
    summary: "{{ $value }} partitions in {{ $labels.namespace }} are being moved, and nothing is copied.",
  },
  {
    name: "KafkaLeadersUnbalanced",
    severity: "warning",
    expression: (series) =>
      `max by (namespace) (${series("kafka_controller_kafkacontroller_preferredreplicaimbalancecount")}) ` +
      `/ max by (namespace) (${series("kafka_controller_kafkacontroller_globalpartitioncount")}) > 0.2`,
    for: "30m",
    summary:
      "{{ $value | humanizePercentage }} of the partitions in {{ $labels.namespace }} are not led by their preferred broker.",
  },
];
