import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "kafka-stack-processes";
import { stringify } from "yaml";
import { ruleGroups } from "../alerts";
import { DASHBOARDS, dashboardFiles } from ".";
import { hasPromtool, promtool } from "../../../test/support/promtool";
import { ROOT } from "../../../test/support/stacks";

interface Json {
  readonly uid: string;
  readonly title: string;
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: readonly { readonly expr: string }[];
    readonly fieldConfig?: {
      readonly defaults: { readonly thresholds: { readonly steps: readonly { value: number | null }[] } };
    };
  }[];
}

const dashboards = Object.values(dashboardFiles()).map((content) => JSON.parse(content) as Json);
const queries = DASHBOARDS.flatMap(({ name, rows }) =>
  Object.values(rows).flatMap((panels) => panels.flatMap((panel) => panel.queries.map(({ expr }) => ({ name, expr })))),
);

/** Names of metrics in docs/monitoring.md, as patterns: `a_*`, and `_b` for another suffix of the preceding name. */
function documented(): RegExp[] {
  const rows = readFileSync(join(ROOT, "docs/monitoring.md"), "utf8")
    .split("\n")
    .filter((line) => /^\| `[a-z]/.test(line));
  return rows.flatMap((row) => {
    let last = "";
    return [...(row.split("|")[1] ?? "").matchAll(/`([a-z_*]+)`/g)].flatMap(([, name = ""]) => {
      if (!name.startsWith("_")) last = name;
      const whole = name.startsWith("_") ? continued(last, name) : [name];
      return whole.map((each) => new RegExp(`^${each.replaceAll("*", ".*")}$`));
    });
  });
}

/** `_free_bytes` after `kafka_stack_volume_size_bytes`: every name that it may stand for. */
function continued(last: string, end: string): string[] {
  const words = last.replace(/_\*$/, "").split("_");
  return words.slice(1).map((_, index) => `${words.slice(0, index + 1).join("_")}${end}`);
}

const metricsOf = (expr: string): string[] =>
  [...expr.matchAll(/\b((?:kafka|jvm|process|kchat|zookeeper|kube)_[a-z_]+)/g)].map(([name]) => name);

describe("the dashboards", () => {
  it("use only metrics that docs/monitoring.md lists", () => {
    const known = [...documented(), /^kchat_/, /^kube_job_failed$/];
    const chat = ["kproducer/app.ts", "kconsumer/metrics.ts"]
      .map((file) => readFileSync(join(ROOT, "services/src", file), "utf8"))
      .join("\n");
    for (const { name, expr } of queries) {
      const metrics = metricsOf(expr);
      assert.ok(metrics.length > 0, expr);
      for (const metric of metrics) {
        assert.ok(
          known.some((pattern) => pattern.test(metric)),
          `${name}: ${metric} is in no list`,
        );
        if (metric.startsWith("kchat_")) assert.ok(chat.includes(`"${metric.replace(/_bucket$/, "")}"`), metric);
      }
    }
  });

  it("show one namespace in every query, so that two stacks of one Prometheus stay separate", () => {
    for (const { name, expr } of queries) {
      const selectors = expr.match(/(?:kafka|jvm|process|kchat|kube)_[a-z_]+(\{[^}]*\})?/g) ?? [];
      for (const selector of selectors) assert.match(selector, /\{namespace="\$namespace"/, `${name}: ${expr}`);
    }
    for (const { templating } of dashboards) {
      assert.deepEqual(
        templating.list.slice(0, 2).map(({ name }) => name),
        ["datasource", "namespace"],
      );
    }
  });

  it("use only variables that they define", () => {
    const given = ["namespace", "__rate_interval"];
    for (const { choices = {}, rows, name } of DASHBOARDS) {
      const own = [...given, ...Object.keys(choices)];
      const used = JSON.stringify(rows).match(/(?<=\$)\w+/g) ?? [];
      assert.deepEqual(
        used.filter((variable) => !own.includes(variable)),
        [],
        name,
      );
    }
  });

  it("have panels without overlaps, with unique ids and rising thresholds", () => {
    assert.equal(new Set(dashboards.map(({ uid }) => uid)).size, DASHBOARDS.length);
    for (const { title, panels } of dashboards) {
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, title);
      const places = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
      );
      assert.equal(new Set(places).size, places.length, title);
      for (const { gridPos, fieldConfig } of panels) {
        assert.ok(gridPos.x + gridPos.w <= 24);
        const [first, ...steps] = fieldConfig?.defaults.thresholds.steps ?? [{ value: null }];
        assert.equal(first?.value, null);
        const values = steps.map(({ value }) => value ?? NaN);
        assert.deepEqual(
          values,
          [...values].sort((a, b) => a - b),
          title,
        );
      }
    }
  });

  describe("as users get them", function () {
    this.timeout(240_000);
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "dashboards-"));
    });
    after(() => {
      rmSync(folder, { recursive: true });
    });

    it("are files", async () => {
      await run("npm", ["run", "--silent", "dashboards", "--", folder], { cwd: ROOT });
      assert.deepEqual(readdirSync(folder).sort(), Object.keys(dashboardFiles()).sort());
    });

    it("have queries that Prometheus understands", async function () {
      if (!(await hasPromtool())) this.skip();
      const rules = queries.map(({ expr }, index) => ({
        record: `query:${index}`,
        expr: expr.replaceAll("$__rate_interval", "5m"),
      }));
      writeFileSync(join(folder, "queries.yaml"), stringify({ groups: [{ name: "queries", rules }] }));
      await promtool(folder, "check", "rules", "queries.yaml");
    });
  });

  it("and the alerts know the same lag", () => {
    const asked = new Set(ruleGroups().flatMap(({ rules }) => rules.flatMap(({ expr }) => metricsOf(expr))));
    for (const metric of ["kafka_consumergroup_lag", "kafka_consumergroup_lag_seconds"]) assert.ok(asked.has(metric));
  });
});
