import Ajv2020, { type ValidateFunction } from "ajv/dist/2020";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../../config/parse";
import { stackSchema } from "../../config/schema";
import { metaOf } from "../../config/walk";
import { ROOT, generated } from ".";
import { REFUSED } from "../../config/refused.cases";

interface ProjectKey {
  readonly description: string;
  readonly type?: string;
  readonly default: unknown;
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const PREFIX = "kafka-stack:";
const STACK_FILES = readdirSync(ROOT).filter((name) => /^Pulumi\..+\.yaml$/.test(name));

/** The config of a stack file without the project's name. */
function configOf(file: string): Record<string, unknown> {
  const { config } = parse(read(file)) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(PREFIX, ""), value]));
}

describe("what is generated from the config's schema", () => {
  it("is up to date (else: npm run docs:config)", async () => {
    for (const [path, content] of await generated()) assert.equal(read(path), content, `${path} is stale`);
  });

  it("is, in Pulumi.yaml, every key with the default that the program uses without it", () => {
    const { config } = parse(read("Pulumi.yaml")) as { config: Record<string, ProjectKey> };
    assert.deepEqual(Object.keys(config), Object.keys(stackSchema.shape));
    const defaults = Object.fromEntries(Object.entries(config).map(([key, { default: value }]) => [key, value]));
    assert.deepEqual(parseConfig(defaults), parseConfig({}));
    for (const [key, { description }] of Object.entries(config)) {
      assert.equal(description, metaOf(stackSchema.shape[key as keyof typeof stackSchema.shape]).description);
    }
  });

  it("describes every key", () => {
    const undescribed = read("docs/configuration.md")
      .split("\n")
      .filter((line) => /^\| `/.test(line) && /\|\s*\|$/.test(line));
    assert.deepEqual(undescribed, []);
  });
});

describe("a stack file", () => {
  for (const file of STACK_FILES) {
    it(`is good: ${file}`, () => {
      const result = parseConfig(configOf(file));
      assert.ok(result.ok, JSON.stringify(result));
    });
  }

  it("exists for each way of running the stack", () => {
    const ways = ["cndjp3", "dev", "kraft-quickstart", "nfs", "production", "storageclass"];
    for (const way of ways) assert.ok(STACK_FILES.includes(`Pulumi.${way}.yaml`), `Pulumi.${way}.yaml is missing`);
  });
});

describe("the JSON schema for editors", () => {
  let validate: ValidateFunction;
  const asFile = (config: Record<string, unknown>) => ({
    config: Object.fromEntries(Object.entries(config).map(([key, value]) => [PREFIX + key, value])),
  });

  before(() => {
    const schema = JSON.parse(read("schema/kafka-stack.schema.json")) as object;
    validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);
  });

  for (const file of STACK_FILES) {
    it(`passes and is named by ${file}`, () => {
      assert.ok(validate(parse(read(file))), JSON.stringify(validate.errors, null, 1));
      assert.match(read(file), /^# yaml-language-server: \$schema=schema\/kafka-stack\.schema\.json\n/);
    });
  }

  it("passes what `pulumi config set` writes", () => {
    assert.ok(validate(asFile({ replicas: "4", registry: { username: "push", password: { secure: "v1:abc" } } })));
    assert.ok(validate(asFile({ operations: { rebalance: { throttle: "50MiB" } }, storage: { size: "3Gi" } })));
    assert.ok(validate({ ...asFile({}), encryptionsalt: "v1:abc" }));
    assert.ok(validate({ config: { "kubernetes:context": "sandbox" } }));
  });

  for (const [config, key] of [...(REFUSED["unknown keys"] ?? []), ...(REFUSED["wrong types"] ?? [])]) {
    it(`refuses ${key}: ${JSON.stringify(config)}`, () => {
      assert.equal(validate(asFile(config)), false);
    });
  }
});
