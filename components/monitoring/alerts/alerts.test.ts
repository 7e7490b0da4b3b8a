import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "kafka-stack-processes";
import { stringify } from "yaml";
import { ALERTS, ruleGroups, runbookOf } from ".";
import { gone, WELL, WRONG, type Series } from "./alerts.cases";
import { PLANNED, TICK_S } from "./planned.cases";
import { hasPromtool, promtool } from "../../../test/support/promtool";
import { ROOT } from "../../../test/support/stacks";

const alerts = ALERTS.flatMap((group) => group.alerts);
const RUNBOOKS = join(ROOT, "docs", "runbooks");

describe("the alerts", () => {
  it("each have a runbook with the meaning, what to look at, what to do and when it is over", () => {
    const wanted = alerts.map((alert) => `${runbookOf(alert)}.md`);
    const found = readdirSync(RUNBOOKS).filter((file) => file !== "README.md");
    assert.deepEqual(found.sort(), wanted.sort());
    for (const alert of alerts) {
      const text = readFileSync(join(RUNBOOKS, `${runbookOf(alert)}.md`), "utf8");
      const headings = text.split("\n").filter((line) => line.startsWith("#"));
      assert.deepEqual(headings, [
        `# ${alert.name}`,
        "## What it means",
        "## What to look at",
        "## What to do",
        "## It is over when",
      ]);
    }
  });

  it("are written for one cluster, or for all that Prometheus knows", () => {
    const expressions = (namespace?: string) =>
      ruleGroups({ namespace }).flatMap(({ rules }) => rules.map((rule) => rule.expr));
    for (const expression of expressions("kafka")) assert.match(expression, /namespace="kafka"/);
    for (const expression of expressions()) assert.doesNotMatch(expression, /namespace=/);
  });

  describe("as read by Prometheus", function () {
    this.timeout(240_000);
    let folder: string;
    before(async function () {
      if (!(await hasPromtool())) this.skip();
      folder = mkdtempSync(join(tmpdir(), "alerts-"));
      // As users get them.
      writeFileSync(join(folder, "rules.yaml"), await run("npm", ["run", "--silent", "alerts"], { cwd: ROOT }));
      writeFileSync(join(folder, "own.yaml"), stringify({ groups: ruleGroups({ namespace: "kafka" }) }));
    });
    after(() => {
      if (folder) rmSync(folder, { recursive: true });
    });

    it("are valid rules", async () => {
      await promtool(folder, "check", "rules", "--lint-fatal", "rules.yaml", "own.yaml");
    });

    it("fire for their fault, and for nothing else", async () => {
      assert.deepEqual(Object.keys(WRONG).sort(), alerts.map(({ name }) => name).sort());
      const situations = [
        { name: "all is well", series: WELL, firing: [] as string[] },
        ...Object.entries(WRONG).map(([name, { series, also = [] }]) => ({
          name,
          series: { ...WELL, ...series },
          firing: [name, ...also],
        })),
      ];
      writeFileSync(
        join(folder, "tests.yaml"),
        stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests: situations.map(situation) }),
      );
      await promtool(folder, "test", "rules", "tests.yaml");
    });

    it("do not fire in a planned change, but when it stops", async () => {
      const tests = Object.entries(PLANNED).map(([name, { series, ticks, firing }]) => ({
        name,
        interval: `${TICK_S}s`,
        input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
        promql_expr_test: [
          {
            expr: `count by (alertname) (max_over_time(ALERTS{alertstate="firing"}[4h:${TICK_S}s])) > bool 0`,
            eval_time: `${(ticks - 1) * TICK_S}s`,
            exp_samples: firing.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
          },
        ],
      }));
      const file = { rule_files: ["rules.yaml"], evaluation_interval: `${TICK_S}s`, tests };
      writeFileSync(join(folder, "planned.yaml"), stringify(file));
      await promtool(folder, "test", "rules", "planned.yaml");
    });
  });
});

/** A test of `promtool`: which alerts fire after an hour. It counts them, because their labels do not matter. */
function situation({ name, series, firing }: { name: string; series: Series; firing: readonly string[] }) {
  return {
    name,
    interval: "1m",
    input_series: Object.entries(series).map(([one, values]) => ({
      series: one,
      values: values === gone ? "1 stale" : values,
    })),
    promql_expr_test: [
      {
        expr: 'count by (alertname) (ALERTS{alertstate="firing"} > 0) > bool 0',
        eval_time: "60m",
        exp_samples: [...firing].sort().map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
      },
    ],
  };
}
