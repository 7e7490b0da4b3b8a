import assert from "node:assert/strict";
import { back, identities } from "./brokers";
import { fault } from "./fault";
import { change } from "./stack";

const names = (pods: ReadonlyMap<string, string>): string[] => [...pods.keys()].sort();

/** Servers whose pod was replaced. */
const restarted = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] =>
  names(before).filter((pod) => before.get(pod) !== after.get(pod));

describe("when the stack is changed", () => {
  fault("a setting that needs restarts is changed", async () => {
    const before = await identities();
    await change({ 'kafka.config["queued.max.requests"]': String(501 + (Date.now() % 1_000)) });
    await back(before, "broker-0", "broker-1", "broker-2");
  });

  fault("resources of brokers and controllers are changed", async () => {
    const before = await identities();
    await change({ "kafka.heap": "448m", "controllers.heap": "200m" });
    assert.deepEqual(restarted(before, await identities()), names(before));
  });

  fault("a setting that brokers take while they run is changed", async () => {
    const before = await identities();
    await change({ 'kafka.config["log.cleaner.backoff.ms"]': String(15_000 + (Date.now() % 1_000)) });
    assert.deepEqual(restarted(before, await identities()), []);
  });
});
