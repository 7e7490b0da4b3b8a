import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { parseConfig } from "./parse";
import { REFUSED } from "./refused.cases";

const load = createRequire(__filename);
const PROGRAM = load.resolve("../index");

/** Config as the engine passes it to the program: all text, objects as JSON. */
const asText = (config: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      `kafka-stack:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

describe("a bad config", () => {
  const registered: string[] = [];

  before(async () => {
    const mocks: pulumi.runtime.Mocks = {
      newResource: ({ type, name, inputs }) => {
        registered.push(`${type} ${name}`);
        return { id: name, state: inputs as object };
      },
      call: () => ({}),
    };
    await pulumi.runtime.setMocks(mocks, "kafka-stack", "test");
  });

  // Another test of the same process may have loaded the program.
  beforeEach(() => {
    Reflect.deleteProperty(load.cache, PROGRAM);
  });

  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });

  for (const [what, cases] of Object.entries(REFUSED)) {
    describe(`with ${what}`, () => {
      for (const [config, key, says] of cases) {
        it(`is refused at ${key}: ${JSON.stringify(config)}`, () => {
          const result = parseConfig(config);
          assert.ok(!result.ok, "the config passed");
          assert.deepEqual(
            result.problems.map(({ path }) => path),
            [key],
          );
          assert.ok(result.problems[0]?.message.includes(says), `${result.problems[0]?.message ?? ""}\nlacks: ${says}`);

          pulumi.runtime.setAllConfig(asText(config));
          assert.throws(
            () => load(PROGRAM) as unknown,
            (error) => pulumi.RunError.isInstance(error) && error.message.includes(`  kafka-stack:${key}: `),
          );
          assert.deepEqual(registered, [], "resources were registered nevertheless");
        });
      }
    });
  }
});
