import { type Alert, type AlertGroup, runbookOf, type Series } from "./alert";
import { consumers } from "./consumers";
import { disks } from "./disks";
import { load } from "./load";
import { partitions } from "./partitions";
import { servers } from "./servers";
import { surroundings } from "./surroundings";

export { type Alert, type AlertGroup, runbookOf } from "./alert";

/** All alerts. */
export const ALERTS: readonly AlertGroup[] = [
  { name: "kafka-stack.servers", alerts: servers },
  { name: "kafka-stack.partitions", alerts: partitions },
  { name: "kafka-stack.disks", alerts: disks },
  { name: "kafka-stack.load", alerts: load },
  { name: "kafka-stack.consumers", alerts: consumers },
  { name: "kafka-stack.surroundings", alerts: surroundings },
];

/** Whose rules are written, and where their runbooks are. */
export interface RuleOptions {
  /** The namespace of the one cluster that they are about. @default every cluster that Prometheus knows */
  readonly namespace?: string | undefined;
  /** Address of the folder with the runbooks. @default docs/runbooks, where they are in the repository */
  readonly runbooks?: string | undefined;
}

/** A rule as Prometheus reads it. @see https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
export interface AlertRule {
  /** Its name. */
  readonly alert: string;
  /** What is asked of Prometheus; the alert is on for each series of the answer. */
  readonly expr: string;
  /** How long that must be so before the alert fires, such as `5m`. */
  readonly for: string;
  /** What Alertmanager routes by. */
  readonly labels: {
    /** `critical` or `warning`. */
    readonly severity: string;
  };
  /** What people read. */
  readonly annotations: {
    /** One sentence: what is wrong. */
    readonly summary: string;
    /** The page that says what it means and what to do. */
    readonly runbook_url: string;
  };
}

/** A group of rules as Prometheus reads it. */
export interface RuleGroup {
  /** Its name. */
  readonly name: string;
  /** What is in it, in the order in which Prometheus evaluates it. */
  readonly rules: readonly AlertRule[];
}

/** The alerts as Prometheus reads them: the `groups` of a rule file, and of a PrometheusRule's `spec`. */
export function ruleGroups({ namespace, runbooks = "docs/runbooks" }: RuleOptions = {}): readonly RuleGroup[] {
  const own = namespace === undefined ? [] : [`namespace="${namespace}"`];
  const series: Series = (metric, matchers) => {
    const all = [...own, ...(matchers === undefined ? [] : [matchers])].join(",");
    return all === "" ? metric : `${metric}{${all}}`;
  };
  const rule = (alert: Alert): AlertRule => ({
    alert: alert.name,
    expr: alert.expression(series),
    for: alert.for,
    labels: { severity: alert.severity },
    annotations: { summary: alert.summary, runbook_url: `${runbooks.replace(/\/$/, "")}/${runbookOf(alert)}.md` },
  });
  return ALERTS.map(({ name, alerts }) => ({ name, rules: alerts.map(rule) }));
}
