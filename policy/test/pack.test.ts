import type { PolicyConfigSchema, PolicyPackConfig } from "@pulumi/policy";
import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, it } from "mocha";

import { policies } from "../policies";

const pack = path.join(__dirname, "..");

describe("policies", () => {
  it("have unique names, in kebab case", () => {
    const names = policies.map(({ name }) => name);
    assert.deepEqual([...new Set(names)], names);
    assert.deepEqual(
      names.filter((name) => !/^[a-z]+(-[a-z]+)+$/.test(name)),
      [],
    );
  });

  it("are all in the README, with their severity, rule and settings", () => {
    const readme = readFileSync(path.join(pack, "README.md"), "utf8");
    const rows = policies.map(({ name, severity, description, configSchema }) => {
      const settings = Object.entries(configSchema?.properties ?? {})
        .filter(([setting]) => setting !== "exempt")
        .map(([setting, schema]) => `\`${setting}\`: \`${JSON.stringify(schema.default)}\``);
      return [`\`${name}\``, severity, description, settings.join(", ")];
    });
    const table = readme.split("\n").filter((line) => line.startsWith("| `"));
    const found = table.map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    assert.deepEqual(found, rows);
  });

  for (const { name, description, severity, remediationSteps, configSchema } of policies) {
    it(`${name} says what it checks and how to comply`, () => {
      assert.match(description, /^[A-Z].*\.$/);
      assert.ok(severity);
      assert.match(remediationSteps ?? "", /^[A-Z].*\.$/s);
      for (const [setting, schema] of Object.entries(configSchema?.properties ?? {})) {
        assert.ok(schema.description, `${setting} has no description`);
        assert.notEqual(schema.default, undefined, `${setting} has no default`);
      }
    });
  }
});

describe("the pack", () => {
  it("stands alone: it imports nothing from outside its folder but packages", () => {
    const files = readdirSync(pack, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    assert.ok(files.length > 20);
    const imports = files.flatMap((file) =>
      [...readFileSync(path.join(pack, file), "utf8").matchAll(/from "(\.[^"]*)"/g)].map(([, target = ""]) =>
        path.relative(pack, path.join(pack, path.dirname(file), target)),
      ),
    );
    assert.deepEqual(
      imports.filter((target) => target.startsWith("..")),
      [],
    );
  });
});

for (const environment of ["dev", "production"]) {
  describe(`${environment}.json`, () => {
    const file = path.join(pack, `${environment}.json`);
    const config = JSON.parse(readFileSync(file, "utf8")) as PolicyPackConfig;

    it("sets the level of every policy, and of no other", () => {
      assert.deepEqual(Object.keys(config).sort(), policies.map(({ name }) => name).sort());
      for (const entry of Object.values(config)) {
        const level = typeof entry === "string" ? entry : entry.enforcementLevel;
        assert.ok(["advisory", "mandatory", "disabled"].includes(level ?? "none"), `${level} is no level`);
      }
    });

    it("sets only what the policies' schemas allow", () => {
      for (const { name, configSchema } of policies) {
        assert.deepEqual(mistakes(config[name] ?? "disabled", configSchema), [], name);
      }
    });
  });
}

/** The settings that do not fit the schema. */
function mistakes(entry: PolicyPackConfig[string], schema: PolicyConfigSchema | undefined): string[] {
  const settings = Object.entries(typeof entry === "string" ? {} : entry);
  return settings.flatMap(([key, value]) => {
    if (key === "enforcementLevel") {
      return [];
    }
    const known = schema?.properties[key];
    const type = Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value;
    const fits = known?.type === type && (known.pattern === undefined || new RegExp(known.pattern).test(String(value)));
    return fits ? [] : [key];
  });
}
