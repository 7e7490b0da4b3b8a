/** Grafana's name of a unit. */
export type Unit = "short" | "bytes" | "Bps" | "cps" | "s" | "ms" | "percentunit" | "dtdurations";

/** A line of a panel. */
export interface Query {
  /** PromQL. `$namespace` is the chosen namespace; other variables belong to the dashboard. */
  readonly expr: string;
  /** Its name in the legend, with labels as `{{pod}}`. */
  readonly legend: string;
}

/** A panel. */
export interface Panel {
  /** Its title. */
  readonly title: string;
  /** `graph` over time, `number` for the last value, `table` for the last values of many series. @default graph */
  readonly kind?: "graph" | "number" | "table";
  /** Its unit. */
  readonly unit: Unit;
  /** Its lines. */
  readonly queries: readonly Query[];
  /** From this value on it is yellow or red; with `below`, from this value down. @default no colour */
  readonly bounds?: { readonly warning?: number; readonly critical?: number; readonly below?: boolean };
  /** The text when there is no series: `0` where that means none. @default "No data", because then the value is unknown */
  readonly nothing?: string;
}

/** A dashboard. */
export interface Dashboard {
  /** Name of its file; `kafka-stack-` and this name identify it in Grafana. */
  readonly name: string;
  /** Its title. */
  readonly title: string;
  /** Further choices besides the namespace: the variable's name, and the metric and label with its values. */
  readonly choices?: Readonly<Record<string, { readonly metric: string; readonly label: string }>>;
  /** Panels by row. */
  readonly rows: Readonly<Record<string, readonly Panel[]>>;
}

/** Writes a series of the chosen namespace, with further matchers. */
export const series = (metric: string, matchers?: string): string =>
  `${metric}{namespace="$namespace"${matchers === undefined ? "" : `,${matchers}`}}`;

/** The growth of a counter per second. */
export const rate = (metric: string, matchers?: string): string =>
  `rate(${series(metric, matchers)}[$__rate_interval])`;

const WIDTH = 24;
const HEIGHT = 8;
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
const TYPES = { graph: "timeseries", number: "stat", table: "table" } as const;

/** A dashboard in Grafana's import format. @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/ */
export function grafana({ name, title, choices = {}, rows }: Dashboard): object {
  const panels: object[] = [];
  let y = 0;
  for (const [row, own] of Object.entries(rows)) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title: row,
      collapsed: false,
      panels: [],
      gridPos: at(0, y, WIDTH, 1),
    });
    const perLine = Math.min(3, own.length);
    for (const [index, each] of own.entries()) {
      const x = (index % perLine) * (WIDTH / perLine);
      const line = Math.floor(index / perLine);
      panels.push(panel(each, panels.length + 1, at(x, y + 1 + line * HEIGHT, WIDTH / perLine, HEIGHT)));
    }
    y += 1 + Math.ceil(own.length / perLine) * HEIGHT;
  }
  return {
    uid: `kafka-stack-${name}`,
    title,
    tags: ["kafka", "kafka-stack"],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-3h", to: "now" },
    timezone: "browser",
    links: [
      {
        type: "dashboards",
        title: "Kafka",
        tags: ["kafka-stack"],
        asDropdown: true,
        keepTime: true,
        includeVars: true,
      },
    ],
    templating: { list: [datasource, namespace, ...Object.entries(choices).map(([key, value]) => choice(key, value))] },
    annotations: { list: [] },
    panels,
  };
}

const at = (x: number, y: number, w: number, h: number) => ({ x, y, w, h });

const datasource = {
  name: "datasource",
  label: "Prometheus",
  type: "datasource",
  query: "prometheus",
  current: {},
  hide: 0,
};

const queried = (query: string) => ({
  type: "query",
  datasource: DATASOURCE,
  query: { query, refId: "variable" },
  definition: query,
  refresh: 2,
  sort: 1,
});

/** A namespace holds one cluster, so it distinguishes the stacks of one Prometheus. */
const namespace = {
  name: "namespace",
  label: "Namespace",
  ...queried("label_values(kafka_stack_expected_brokers, namespace)"),
};

const choice = (name: string, { metric, label }: { readonly metric: string; readonly label: string }) => ({
  name,
  label: name.charAt(0).toUpperCase() + name.slice(1),
  ...queried(`label_values(${series(metric)}, ${label})`),
  multi: true,
  includeAll: true,
  allValue: ".*",
  current: { text: "All", value: "$__all" },
});

function panel({ title, kind = "graph", unit, queries, bounds, nothing }: Panel, id: number, gridPos: object): object {
  return {
    id,
    type: TYPES[kind],
    title,
    datasource: DATASOURCE,
    gridPos,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
      ...(kind === "table" ? { instant: true, format: "table" } : { range: true }),
    })),
    fieldConfig: {
      defaults: {
        unit,
        min: unit === "percentunit" ? 0 : undefined,
        noValue: nothing,
        color: { mode: kind === "graph" ? "palette-classic" : "thresholds" },
        thresholds: thresholds(bounds),
        custom:
          kind === "graph"
            ? {
                fillOpacity: 10,
                showPoints: "never",
                spanNulls: false,
                thresholdsStyle: { mode: bounds ? "line" : "off" },
              }
            : {},
      },
      overrides: [],
    },
    options:
      kind === "graph"
        ? { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } }
        : {},
  };
}

/** Steps begin with the colour of the lowest value. */
function thresholds({ warning, critical, below = false }: NonNullable<Panel["bounds"]> = {}): object {
  const bounds = [
    { color: "yellow", value: warning },
    { color: "red", value: critical },
  ].filter((step) => step.value !== undefined);
  if (!below) return { mode: "absolute", steps: [{ color: "green", value: null }, ...bounds] };
  // Downwards, each colour begins where the next better one ends.
  const values = [...bounds].reverse();
  const steps = values.map(({ color }, index) => ({
    color,
    value: index === 0 ? null : (values[index - 1]?.value ?? null),
  }));
  return { mode: "absolute", steps: [...steps, { color: "green", value: values.at(-1)?.value ?? null }] };
}
