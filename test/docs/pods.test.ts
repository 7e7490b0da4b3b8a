import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../../config/parse";
import { ROOT } from "./commands";

const text = readFileSync(join(ROOT, "docs/pods.md"), "utf8");
const EXAMPLES = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = ""]) => yaml);

describe("docs/pods.md", () => {
  it("has an example of each use", () => {
    assert.equal(EXAMPLES.length, 5);
  });

  for (const yaml of EXAMPLES) {
    it(`has an example that is accepted: ${yaml.split("\n").slice(1, 3).join(" ").trim()}`, () => {
      const { config } = parse(yaml) as { config: Record<string, unknown> };
      const own = Object.entries(config).map(([key, value]) => [key.replace("kafka-stack:", ""), value]);
      const result = parseConfig(Object.fromEntries(own) as Record<string, unknown>);
      assert.ok(result.ok, JSON.stringify(result));
    });
  }
});
