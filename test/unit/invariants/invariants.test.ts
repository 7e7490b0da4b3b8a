import assert from "node:assert/strict";
import { recordStack, STACKS } from "../../support/stacks";
import { OVERLAYS } from "../../support/overlays";
import { availability } from "./availability";
import { containers } from "./containers";
import { lifeCycle } from "./life-cycle";
import type { Draft, Invariants } from "./invariant";
import { everyObject } from "./objects";

const INVARIANTS: Invariants = { ...containers, ...everyObject, ...availability, ...lifeCycle };

describe("Invariants", () => {
  for (const stack of STACKS) {
    describe(`of the stack ${stack}`, () => {
      for (const [sentence, { check }] of Object.entries(INVARIANTS)) {
        it(sentence, async () => {
          const wrong = check(await recordStack(stack));
          assert.equal(wrong.length, 0, `\n  ${wrong.join("\n  ")}`);
        });
      }
    });
  }

  for (const scrape of ["podMonitor", "annotations"]) {
    describe(`of the stack production with monitoring by ${scrape}`, () => {
      const set = { monitoring: { scrape, namespaces: ["monitoring"] } };
      for (const [sentence, { check }] of Object.entries(INVARIANTS)) {
        it(sentence, async () => {
          assert.deepEqual(check(await recordStack("production", { set })), []);
        });
      }
    });
  }

  for (const stack of ["dev", "storageclass"]) {
    describe(`of the stack ${stack}, closed by certificates`, () => {
      const set = { listeners: { internal: { authentication: "tls" } } };
      for (const [sentence, { check }] of Object.entries(INVARIANTS)) {
        it(sentence, async () => {
          assert.deepEqual(check(await recordStack(stack, { set })), []);
        });
      }
    });
  }

  for (const stack of STACKS) {
    it(`hold for the stack ${stack} with many overlays of its pods`, async () => {
      const recording = await recordStack(stack, { set: { pods: await OVERLAYS.of(stack) } });
      const wrong = Object.values(INVARIANTS).flatMap(({ check }) => check(recording));
      assert.deepEqual(wrong, []);
    });
  }

  describe("notice violations", () => {
    for (const [sentence, { check, breaks }] of Object.entries(INVARIANTS)) {
      it(sentence, async () => {
        const recording = structuredClone(await recordStack("dev"));
        breaks(recording.resources as Draft[]);
        assert.notEqual(check(recording).length, 0);
      });
    }
  });
});
