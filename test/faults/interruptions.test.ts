import assert from "node:assert/strict";
import { up as sandboxUp } from "../../sandbox/up";
import { cleanSlate } from "../e2e/clean-slate";
import { skipWithoutEngine } from "../support/engine";
import { get, kubectl } from "../support/kubectl";
import { healthy } from "./brokers";
import { endedUp } from "./ended-up";
import { change } from "./stack";

/**
 * Kinds of change: the change and its reversal. Each is interrupted at moments spread over its duration, then reverted, then made again; a plain `up`
 * must reach the declared state each time, and a second one must have nothing to do.
 */
const CHANGES: Readonly<Record<string, { readonly to: Change; readonly back: Change }>> = {
  "a setting that restarts brokers": {
    to: { 'kafka.config["queued.max.requests"]': "600" },
    back: { 'kafka.config["queued.max.requests"]': "500" },
  },
  "a broker that is added": { to: { replicas: "4" }, back: { replicas: "3" } },
  "a broker that is removed": { to: { replicas: "3" }, back: { replicas: "4" } },
  "a setting of a topic": { to: chatroom("604800000"), back: chatroom("-1") },
  "the brokers' heap and the chat's pods": {
    to: { "kafka.heap": "480m", "kchat.producer.replicas": "1", "kchat.consumer.replicas": "3" },
    back: { "kafka.heap": "512m", "kchat.producer.replicas": "2", "kchat.consumer.replicas": "2" },
  },
};

/** The topic of the stack file with this retention, in milliseconds. */
function chatroom(retention: string): Change {
  return { "topics[0].name": "chatroom", "topics[0].partitions": "12", 'topics[0].config["retention.ms"]': retention };
}

type Change = Readonly<Record<string, string>>;

/** The moments at which `up` is ended, as fractions of the whole change's duration, and the signal. */
const MOMENTS: readonly (readonly [part: number, signal: NodeJS.Signals])[] = [
  [0.15, "SIGKILL"],
  [0.3, "SIGINT"],
  [0.45, "SIGKILL"],
  [0.6, "SIGINT"],
  [0.75, "SIGKILL"],
  [0.9, "SIGINT"],
];

/** Seconds that an interrupted `up` may take to end on a slow machine: running steps read their objects once more, and the program ends. */
const ENDS_WITHIN = 60;

interface StatefulSet {
  readonly metadata: { readonly generation: number };
  readonly spec: { readonly replicas: number };
  readonly status: Readonly<
    Record<"observedGeneration" | "replicas" | "readyReplicas" | "updatedReplicas", number | undefined>
  >;
}

/** Brings the stack to a config, and asserts that it is reached: nothing is left to do, and every server runs as declared. */
async function reach(config: Change): Promise<void> {
  await change(config);
  const { metadata, spec, status } = await get<StatefulSet>("statefulset", "broker", "-n", "kafka");
  const { observedGeneration, replicas, readyReplicas, updatedReplicas } = status;
  const declared = Number(config["replicas"] ?? spec.replicas);
  assert.deepEqual(
    { observedGeneration, wanted: spec.replicas, replicas, readyReplicas, updatedReplicas },
    {
      observedGeneration: metadata.generation,
      wanted: declared,
      replicas: declared,
      readyReplicas: declared,
      updatedReplicas: declared,
    },
  );
  await healthy();
  const { changes, printed } = await change();
  const { create, update, replace, delete: deleted } = changes;
  assert.deepEqual({ create, update, replace, deleted }, { create: 0, update: 0, replace: 0, deleted: 0 }, printed);
}

before(async function () {
  this.timeout(40 * 60_000);
  await skipWithoutEngine(this);
  await sandboxUp({ nodes: 3 });
  await cleanSlate();
  await change({ "kafka.version": "4.3.1" });
});

after(async function () {
  this.timeout(10 * 60_000);
  await cleanSlate();
});

for (const [name, { to, back }] of Object.entries(CHANGES)) {
  describe(`up of ${name}`, () => {
    let whole = 0;

    before(async () => {
      await reach(back);
      const started = Date.now();
      await change(to);
      whole = (Date.now() - started) / 1000;
    });

    for (const [part, signal] of MOMENTS) {
      it(`is ended by ${signal} after ${Math.round(part * 100)} %, reverted and made again`, async () => {
        await change(back);
        const { afterSignal, printed } = await endedUp(to, signal, part * whole);
        if (signal === "SIGINT" && afterSignal !== undefined) {
          assert.ok(afterSignal < ENDS_WITHIN, `it ended ${afterSignal} s after the signal:\n${printed}`);
          assert.match(printed, /error: interrupted; .* run the same command again/);
        }
        await reach(back);
        await reach(to);
      });
    }
  });
}

describe("fields that somebody else has set", () => {
  it("are reverted, and their manager is named", async () => {
    await reach({ replicas: "3" });
    await kubectl("scale", "statefulset", "broker", "-n", "kafka", "--replicas=2");
    const { printed, changes } = await change();
    assert.match(printed, /StatefulSet broker: spec\.replicas was changed by kubectl, and is reverted/);
    assert.equal(changes.update, 1, printed);
    await reach({ replicas: "3" });
  });
});
