/** Writes a series of a metric: its name, with the matchers that are given beside those of the stack, such as `request="Produce"`. */
export type Series = (metric: string, matchers?: string) => string;

/** When somebody is to be told, of what, and where it says what to do. */
export interface Alert {
  /** Name of the alert, and of its runbook: `KafkaOfflinePartitions` is in `offline-partitions.md`. */
  readonly name: string;
  /** `critical`: data is or will soon be lost or out of reach, so that somebody is woken; `warning`: to be seen to on the same day. */
  readonly severity: "critical" | "warning";
  /** PromQL that has a result while something is wrong. It may rely on the labels `namespace` and `pod`. */
  readonly expression: (series: Series) => string;
  /** How long it must be so, in Prometheus' form. */
  readonly for: string;
  /** One sentence, with Prometheus' templates. */
  readonly summary: string;
}

/** Alerts of one kind. */
export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/** Name of the runbook's file without its end. */
export const runbookOf = ({ name }: Pick<Alert, "name">): string =>
  name
    .replace(/^Kafka/, "")
    .replaceAll("ZooKeeper", "Zookeeper")
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-")
    .toLowerCase();
