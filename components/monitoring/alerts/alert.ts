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

/** How long a server that a planned change makes or restarts may be away without an alert: its shutdown, a new pod and its start take one to two minutes. */
const AWAY = "5m";

/**
 * PromQL that returns how many servers there should have been for all of {@link AWAY}, while fewer of them gave a sign at any time in it; without any sign there are 0. In a roll one server is
 * missing all the time, but not the same one.
 *
 * @param sign what a server gives, with the labels `namespace` and `pod`
 */
export const fewer = (series: Series, expected: string, sign: string): string => {
  const wanted = `min_over_time((max by (namespace) (${series(expected)}))[${AWAY}:30s])`;
  const seen = `count by (namespace) (group by (namespace, pod) (max_over_time((${sign})[${AWAY}:30s])))`;
  return `${wanted} > on (namespace) (${seen} or ${wanted} * 0)`;
};

/** Seconds after a server's start in which a roll may still be under way: the next one starts by then. */
const ROLL_S = 600;

/** Adds to a condition that no server has started for a while: what each restart brings about is no alert while a roll goes on. A server that starts again and again has an alert of its own. */
export const unlessRolling = (series: Series): string =>
  `unless on (namespace) (time() - max by (namespace) (${series("kafka_stack_start_time_seconds")}) < ${ROLL_S})`;

/** Name of the runbook's file without its extension. */
export const runbookOf = ({ name }: Pick<Alert, "name">): string =>
  name
    .replace(/^Kafka/, "")
    .replaceAll("ZooKeeper", "Zookeeper")
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-")
    .toLowerCase();
