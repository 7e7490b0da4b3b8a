import * as fc from "fast-check";
import assert from "node:assert/strict";
import { parseConfig } from "./parse";
import type { PlainConfig } from "./resolve";
import { stackSchema } from "./schema";
import { volumePath } from "../components/storage/plan";
import type { StorageConfig } from "./storage";
import { formatPath } from "./problems";
import { distance } from "../components/kubernetes/nearest";
import { paths } from "./walk";
import { REFUSED } from "./refused.cases";

const KEYS = Object.keys(stackSchema.shape);
const PATHS = paths(stackSchema).filter((path) => path.length > 1 && !path.includes("storage"));

/** What a stack file might contain: known and unknown keys, with any YAML value. */
const anything = fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string()), fc.jsonValue({ maxDepth: 4 }));

/** Templates of paths; with some, two volumes collide or one contains another. */
const template = (root: string) =>
  fc.constantFrom(
    `${root}/{ordinal}`,
    `/disk-{volume}${root}/{ordinal}`,
    `${root}/{ordinal}{volume}`,
    `${root}/{ordinal}/`,
    "/{ordinal}",
  );
const storage = (root: string) =>
  fc.oneof(
    fc.record({ type: fc.constant("hostPath"), path: template(root), volumes: fc.integer({ min: 1, max: 12 }) }),
    fc.record({
      type: fc.constant("nfs"),
      server: fc.constant("nas"),
      path: template(root),
      volumes: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ type: fc.constant("storageClass") }),
  );
const copies = fc.integer({ min: 1, max: 4 });
const someOf = <T>(keys: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(keys, { requiredKeys: [] });

/** Plausible stacks; not all of them are valid. */
const stack = someOf({
  mode: fc.constantFrom("kraft", "zookeeper"),
  replicas: fc.integer({ min: 1, max: 24 }),
  storage: storage("/broker"),
  controllers: fc.oneof(fc.constant({}), fc.record({ dedicated: fc.constant(true), storage: storage("/controller") })),
  zookeeper: fc.record({ replicas: fc.constantFrom(1, 3, 5), storage: storage("/zookeeper") }),
  kafka: someOf({
    config: someOf({ "min.insync.replicas": copies, "default.replication.factor": copies }),
    external: fc.record({ enabled: fc.boolean(), nodePortBase: fc.integer({ min: 30001, max: 32700 }) }),
  }),
  topics: fc.uniqueArray(
    fc.record(
      {
        name: fc.constantFrom("chatroom", "lobby", "help"),
        replicationFactor: copies,
        config: someOf({ "min.insync.replicas": copies }),
      },
      { requiredKeys: ["name"] },
    ),
    { minLength: 1, maxLength: 3, selector: ({ name }) => name },
  ),
});

/** Checks a property of every accepted stack, and that enough stacks are accepted. */
function ofGoodStacks(check: (config: PlainConfig, raw: Record<string, unknown>) => void): void {
  let good = 0;
  fc.assert(
    fc.property(stack, (raw) => {
      const result = parseConfig(raw);
      if (!result.ok) return;
      good++;
      check(result.config, raw);
    }),
    { numRuns: 300 },
  );
  assert.ok(good > 20, `only ${good} of 300 stacks were good`);
}

/** The directories of one kind of server; none on a StorageClass. */
function directories(of: StorageConfig, replicas: number): string[] {
  if (of.type === "storageClass") return [];
  return Array.from({ length: replicas * of.volumes }, (_, index) => {
    const position = { ordinal: Math.floor(index / of.volumes), volume: index % of.volumes };
    if (of.type === "hostPath") return `${volumePath(of.path, position)}/`;
    const { server, path } = of.servers[position.ordinal] ?? assert.fail(`there is no export for ${position.ordinal}`);
    return `${server}:${volumePath(path, position)}/`;
  }).map((directory) => directory.replaceAll(/\/+/g, "/"));
}

/** The same config with every number and boolean as text. */
function asText(value: unknown): unknown {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === "config" ? inner : asText(inner)]),
  );
}

describe("any config", () => {
  it("is accepted or refused with a path and a sentence, never with an exception", () => {
    fc.assert(
      fc.property(anything, (raw) => {
        const result = parseConfig(raw);
        if (result.ok) return;
        assert.ok(result.problems.length > 0);
        for (const { path, message } of result.problems) {
          assert.ok(path.length > 0 && message.length > 0);
          assert.doesNotMatch(message, /undefined|\[object|Invalid input|\n/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("means the same with its numbers and booleans as text", () => {
    fc.assert(
      fc.property(stack, (raw) => {
        assert.deepEqual(parseConfig(asText(raw) as Record<string, unknown>), parseConfig(raw));
      }),
    );
  });
});

describe("any accepted config", () => {
  it("has no volume in the directory of another", () => {
    ofGoodStacks(({ mode, replicas, storage: brokers, controllers, zookeeper }) => {
      const others =
        mode === "zookeeper"
          ? directories(zookeeper.storage, zookeeper.replicas)
          : controllers.dedicated
            ? directories(controllers.storage, controllers.replicas)
            : [];
      const sorted = [...directories(brokers, replicas), ...others].sort();
      for (const [index, directory] of sorted.entries()) {
        const next = sorted[index + 1];
        assert.ok(next === undefined || !next.startsWith(directory), `${next ?? ""} is in ${directory}`);
      }
    });
  });

  it("has topics that survive the restart of a broker and can be written", () => {
    ofGoodStacks(({ replicas, topics, kafka }) => {
      for (const { replicationFactor, config } of topics) {
        const inSync = Number(config["min.insync.replicas"] ?? kafka.config["min.insync.replicas"]);
        assert.ok(replicationFactor <= replicas);
        assert.ok(
          inSync < replicationFactor || (inSync === 1 && replicationFactor === 1),
          `${inSync} of ${replicationFactor}`,
        );
      }
    });
  });

  it("keeps every directory in place when servers or volumes are added", () => {
    ofGoodStacks((config, raw) => {
      const { storage: before, replicas } = config;
      if (before.type === "storageClass") return;
      const grown = parseConfig({
        ...raw,
        replicas: replicas + 1,
        storage: { ...(raw.storage as object), volumes: before.volumes + 1 },
      });
      if (!grown.ok) return;
      const after = directories(grown.config.storage, replicas + 1);
      for (const directory of directories(before, replicas))
        assert.ok(after.includes(directory), `${directory} has moved`);
    });
  });
});

describe("a misspelt key", () => {
  const letter = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz");

  it("is refused with a suggestion of the right key", () => {
    const long = PATHS.filter((path) => String(path.at(-1)).length >= 7);
    fc.assert(
      fc.property(fc.constantFrom(...long), fc.nat(6), letter, fc.boolean(), (path, where, other, replace) => {
        const meant = String(path.at(-1));
        const typed = meant.slice(0, where) + other + meant.slice(replace ? where + 1 : where);
        fc.pre(typed !== meant);
        const raw = [...path.slice(0, -1), typed].reduceRight<unknown>((inner, key) => ({ [key]: inner }), "value");
        const result = parseConfig(raw as Record<string, unknown>);
        assert.ok(!result.ok);
        const at = formatPath([...path.slice(0, -1), typed]);
        const [, suggested = ""] =
          /did you mean (.*)\?/.exec(result.problems.find((problem) => problem.path === at)?.message ?? "") ?? [];
        // Another key may be as near as the right one.
        assert.ok(distance(typed, suggested.split(".").at(-1) ?? "") <= 1, `${typed} for ${meant} got: ${suggested}`);
      }),
      { numRuns: 150 },
    );
  });
});

describe("two bad configs in one", () => {
  const single = [...(REFUSED["unknown keys"] ?? []), ...(REFUSED["wrong types"] ?? [])];

  it("have the problems of both", () => {
    fc.assert(
      fc.property(fc.constantFrom(...single), fc.constantFrom(...single), (one, two) => {
        fc.pre(Object.keys(one[0]).every((key) => !(key in two[0])));
        const result = parseConfig({ ...one[0], ...two[0] });
        const found = result.ok ? [] : result.problems.map(({ path }) => path);
        assert.deepEqual(found.sort(), [one[1], two[1]].sort());
      }),
      { numRuns: 150 },
    );
  });
});
