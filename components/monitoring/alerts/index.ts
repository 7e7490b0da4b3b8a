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

/** The cluster that the rules are for, and the address of their runbooks. */
export interface RuleOptions {
  /** The cluster's namespace. @default every cluster that Prometheus knows */
  readonly namespace?: string | undefined;
  /** Address of the runbooks' folder. @default docs/runbooks, their path in the repository */
  readonly runbooks?: string | undefined;
}

/** A rule in Prometheus' form. @see https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
export interface AlertRule {
  /** Its name. */
  readonly alert: string;
  /** The query; the alert is active for each series of the result. */
  readonly expr: string;
  /** How long that must last before the alert fires, such as `5m`. */
  readonly for: string;
  /** Alertmanager's routing labels. */
  readonly labels: {
    /** `critical` or `warning`. */
    readonly severity: string;
  };
  /** Text for people. */
  readonly annotations: {
    /** One sentence: what is wrong. */
    readonly summary: string;
    /** The page with the meaning and what to do. */
    readonly runbook_url: string;
  };
}

/** A group of rules in Prometheus' form. */
export interface RuleGroup {
  /** Its name. */
  readonly name: string;
  /** Its rules, in the order of evaluation. */
  readonly rules: readonly AlertRule[];
}

/** The alerts in Prometheus' form: the `groups` of a rule file, and of a PrometheusRule's `spec`. */
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
