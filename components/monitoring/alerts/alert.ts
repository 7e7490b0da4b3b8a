/** Writes a series of a metric: its name with the stack's matchers and further ones, such as `request="Produce"`. */
export type Series = (metric: string, matchers?: string) => string;

/** An alert: its condition, its text and its runbook. */
export interface Alert {
  /** Name of the alert; the runbook's file name follows from it: that of `KafkaOfflinePartitions` is `offline-partitions.md`. */
  readonly name: string;
  /** `critical`: data is or will soon be lost or unreachable, so that somebody is woken; `warning`: to be handled on the same day. */
  readonly severity: "critical" | "warning";
  /** PromQL that has a result while something is wrong. It may rely on the labels `namespace` and `pod`. */
  readonly expression: (series: Series) => string;
  /** How long the condition must hold, in Prometheus' form. */
  readonly for: string;
  /** One sentence, with Prometheus' templates. */
  readonly summary: string;
}

/** Alerts of one kind. */
export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/** Name of the runbook's file without its extension. */
export const runbookOf = ({ name }: Pick<Alert, "name">): string =>
  name
    .replace(/^Kafka/, "")
    .replaceAll("ZooKeeper", "Zookeeper")
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-")
    .toLowerCase();
