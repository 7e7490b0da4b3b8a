import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { parseConfig } from "./parse";

const ROOT = resolve(__dirname, "..");
const ADDRESSES = { pushAddress: "registry.example.com", pullAddress: "registry.example.com" };

/** Configs with the keys of which the user is told that nothing reads them, and a part of the reason. */
const CASES: readonly (readonly [config: Record<string, unknown>, keys: readonly string[], why: string])[] = [
  [{ zookeeper: { replicas: 5 } }, ["zookeeper"], "in mode kraft"],
  [{ mode: "zookeeper", controllers: { replicas: 3 } }, ["controllers"], "in mode zookeeper"],
  [{ controllers: { heap: "300m" } }, ["controllers.heap"], "unless controllers.dedicated is true"],
  [
    { kafka: { external: { nodePortBase: 30_200 } } },
    ["kafka.external.nodePortBase"],
    "kafka.external.enabled is false",
  ],
  [
    { registry: { external: true, size: "1Gi", nodePort: 31_600, ...ADDRESSES } },
    ["registry.nodePort", "registry.size"],
    "somebody else's",
  ],
  [{ kchat: { enabled: false, serviceType: "ClusterIP" } }, ["kchat.serviceType"], "kchat.enabled is false"],
  [{ kchat: { serviceType: "ClusterIP", producer: { nodePort: 30_193 } } }, ["kchat.producer.nodePort"], "ClusterIP"],
  [{ kchat: { autoscaling: {}, consumer: { replicas: 3 } } }, ["kchat.consumer.replicas"], "kchat.autoscaling decides"],
  [{ operations: { jobDeadlineSeconds: 600 } }, ["operations.jobDeadlineSeconds"], "stallSeconds"],
];

/** Configs of which nothing is to be said. */
const READ: readonly Record<string, unknown>[] = [
  {},
  { mode: "zookeeper", zookeeper: { replicas: 3 } },
  { zookeeper: {}, kchat: { enabled: false, producer: {} } },
  { controllers: { replicas: 1 } },
  { controllers: { dedicated: true, heap: "300m" } },
  { kafka: { external: { enabled: true, nodePortBase: 30_200 } } },
  { kchat: { enabled: false } },
  { kchat: { autoscaling: {} } },
];

function warnings(config: Record<string, unknown>) {
  const result = parseConfig(config);
  assert.ok(result.ok, JSON.stringify(result));
  return result.warnings;
}

describe("a key that nothing reads", () => {
  for (const [config, keys, why] of CASES) {
    it(`is accepted with a warning: ${JSON.stringify(config)}`, () => {
      const told = warnings(config);
      assert.deepEqual(
        told.map(({ path }) => path),
        keys,
      );
      for (const { message } of told)
        assert.ok(message.startsWith("has no effect: ") && message.includes(why), message);
    });
  }

  for (const config of READ) {
    it(`is no default, and none that is read: ${JSON.stringify(config)}`, () => {
      assert.deepEqual(warnings(config), []);
    });
  }

  for (const file of readdirSync(ROOT).filter((name) => /^Pulumi\..+\.yaml$/.test(name))) {
    it(`is in no stack file of the repository: ${file}`, () => {
      const { config } = parse(readFileSync(join(ROOT, file), "utf8")) as { config?: Record<string, unknown> };
      const own = Object.entries(config ?? {}).map(([key, value]) => [key.replace(/^kafka-stack:/, ""), value]);
      assert.deepEqual(warnings(Object.fromEntries(own) as Record<string, unknown>), []);
    });
  }
});
