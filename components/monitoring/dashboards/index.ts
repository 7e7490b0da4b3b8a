import { groups, kchat } from "./clients";
import { type Dashboard, grafana } from "./dashboard";
import { broker, cluster, controllers, jvm, operations, topic } from "./servers";

/** All dashboards. */
export const DASHBOARDS: readonly Dashboard[] = [cluster, broker, topic, groups, controllers, operations, kchat, jvm];

/** The dashboards as files for Grafana, by name. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    DASHBOARDS.map((each) => [`kafka-${each.name}.json`, `${JSON.stringify(grafana(each), undefined, 2)}\n`]),
  );
}
