import * as fc from "fast-check";
import assert from "node:assert/strict";
import { formatPath } from "../kubernetes/problems";
import { podContext, refusePodsOf } from "./context";
import { OVERLAY } from "./fields";
import { podProblems, type PodContext } from "./refusals";
import { REFUSED_PODS } from "./refused.cases";
import type { PodOverlays } from "../kubernetes/pod-overlays";

const CLUSTER = { zookeeper: false, dedicated: true, zones: false, brokerGrace: 120 };
const RESOURCES: PodContext["resources"] = {
  broker: "kafka.resources",
  controller: "controllers.resources",
  zookeeper: "zookeeper.resources",
  kproducer: "kchat.producer.resources",
  kconsumer: "kchat.consumer.resources",
  job: "operations.resources",
};
const problems = (pods: unknown, changed: Partial<typeof CLUSTER> = {}) =>
  podProblems(pods, podContext({ ...CLUSTER, ...changed }, RESOURCES)).map(
    ({ path, message }) => `${formatPath(path)}: ${message}`,
  );

describe("an overlay", () => {
  for (const [pods, key, says] of REFUSED_PODS) {
    it(`is refused at ${key}: ${JSON.stringify(pods)}`, () => {
      const told = problems(pods);
      assert.deepEqual(
        told.map((line) => line.slice(0, line.indexOf(": "))),
        [key],
        told.join("\n"),
      );
      assert.ok(told[0]?.includes(says), `${told[0] ?? ""}\nlacks: ${says}`);
    });
  }

  it("is refused with all problems at once", () => {
    const broker = { hostNetwork: true, labels: { "kafka-stack/pool": "a" }, volumes: [{ name: "tmp", emptyDir: {} }] };
    assert.equal(problems({ broker, all: { tolerations: [{ key: "a", effect: "Never" }] }, brokr: {} }).length, 5);
  });

  it("is refused for pods that do not exist", () => {
    const labels = { labels: { team: "a" } };
    assert.match(problems({ zookeeper: labels }).join(), /^pods\.zookeeper: has no effect/);
    assert.match(problems({ controller: labels }, { dedicated: false }).join(), /^pods\.controller: has no effect/);
    const zookeeper = { zookeeper: true, dedicated: false };
    assert.match(problems({ controller: labels }, zookeeper).join(), /^pods\.controller: has no effect/);
    assert.deepEqual(problems({ zookeeper: labels }, zookeeper), []);
  });

  it("must not replace the account by which brokers learn their zone", () => {
    const account = { serviceAccountName: "mine" };
    assert.deepEqual(problems({ all: account }), []);
    assert.match(problems({ all: account }, { zones: true }).join(), /^pods\.all\.serviceAccountName: is refused/);
    assert.deepEqual(problems({ job: account }, { zones: true }), []);
  });

  it("gives no pod less time than the default, neither by all nor by its own overlay", () => {
    const grace = (terminationGracePeriodSeconds: number) => ({ terminationGracePeriodSeconds });
    assert.match(problems({ broker: grace(119) }).join(), /^pods\.broker\.termination.*at least 120/);
    assert.match(problems({ all: grace(60) }).join(), /^pods\.all\.termination.*at least 120/);
    assert.deepEqual(problems({ all: grace(60), broker: grace(120), controller: grace(120) }), []);
    assert.deepEqual(problems({ all: grace(120) }), []);
  });

  it("restarts no healthy pod, neither by all nor by its own overlay", () => {
    const liveness = (timing: object) => ({ probes: { liveness: timing } });
    assert.match(problems({ broker: liveness({ periodSeconds: 5 }) }).join(), /^pods\.broker\.probes\.liveness: .*60/);
    assert.deepEqual(problems({ broker: liveness({ periodSeconds: 5, failureThreshold: 12 }) }), []);
    assert.match(problems({ all: liveness({ failureThreshold: 5 }) }).join(), /^pods\.all\.probes\.liveness: .*60/);
    assert.match(problems({ broker: liveness({ timeoutSeconds: 1 }) }).join(), /timeoutSeconds is at least 5/);
    const all = liveness({ failureThreshold: 3 });
    const own = liveness({ periodSeconds: 20 });
    assert.deepEqual(
      problems({ all, broker: own, controller: own, zookeeper: own }, { zookeeper: true, dedicated: false }),
      ["pods.controller: has no effect: with ZooKeeper there are no dedicated controllers"],
    );
  });

  it("is refused by the component, before it creates anything, in the same words", () => {
    const pods = { broker: { hostNetwork: true } } as unknown as PodOverlays;
    assert.throws(
      () => {
        refusePodsOf(CLUSTER, pods);
      },
      new Error(`The overlays of the pods are refused:\n  ${problems(pods).join("\n  ")}`),
    );
    refusePodsOf(CLUSTER, undefined);
    refusePodsOf(CLUSTER, {});
  });

  it("never makes the check itself fail, whatever its content", () => {
    const anything = fc.dictionary(fc.constantFrom(...Object.keys(OVERLAY.fields), "x"), fc.jsonValue({ maxDepth: 4 }));
    const pods = fc.dictionary(fc.constantFrom("all", "broker", "job", "y"), fc.oneof(anything, fc.jsonValue()));
    fc.assert(fc.property(fc.oneof(pods, fc.jsonValue()), (value) => Array.isArray(problems(value))));
  });
});
