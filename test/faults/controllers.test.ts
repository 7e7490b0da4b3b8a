import assert from "node:assert/strict";
import { until } from "../support/until";
import { voters } from "../support/voters";
import { identities, killAndReturn, loseDisk } from "./brokers";
import { fault } from "./fault";
import { killedUp } from "./killed-up";
import { change } from "./stack";

const untilVoters = (...expected: number[]) =>
  until(`the voters are ${expected.join(", ")}`, 120, async () => {
    const now = await voters();
    return now.join() === expected.join() ? null : `they are ${now.join(", ")}`;
  });

describe("when controllers change", () => {
  for (const count of [3, 5, 3]) {
    fault(`there are to be ${count} controllers`, async () => {
      const before = await identities();
      await change({ "controllers.replicas": String(count) });
      const ids = Array.from({ length: count }, (_, ordinal) => 9000 + ordinal);
      await untilVoters(...ids);
      const after = await identities();
      const stayed = [...before.keys()].filter((pod) => after.has(pod));
      assert.deepEqual(
        stayed.filter((pod) => before.get(pod) !== after.get(pod)),
        [],
        "restarted",
      );
    });
  }

  fault("up is killed while controllers retire, and the change is reverted", async () => {
    await change({ "controllers.replicas": "5" });
    await killedUp(/Job prepare/, { "controllers.replicas": "3" });
    // The Job goes on without the process that started it.
    await untilVoters(9000, 9001, 9002);
    await change({ "controllers.replicas": "5" });
    await untilVoters(9000, 9001, 9002, 9003, 9004);
    await change({ "controllers.replicas": "3" });
  });

  for (const ordinal of [0, 1, 2])
    fault(`controller ${ordinal} is killed`, () => killAndReturn(`controller-${ordinal}`));

  for (const ordinal of [0, 1, 2]) {
    fault(`the disk of controller ${ordinal} is lost`, async () => {
      await loseDisk(`controller-${ordinal}`);
      await untilVoters(9000, 9001, 9002);
    });
  }
});
