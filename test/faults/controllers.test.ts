import assert from "node:assert/strict";
import { inPod } from "../e2e/support/kubectl";
import { until } from "../e2e/support/until";
import { identities, killAndReturn, loseDisk } from "./brokers";
import { fault } from "./fault";
import { change } from "./stack";

/** Node ids of the quorum's voters, in order. */
async function voters(): Promise<number[]> {
  const quorum = ["kafka-metadata-quorum.sh", "--bootstrap-server", "localhost:9092", "describe", "--replication"];
  const lines = (await inPod("broker-0", ...quorum)).split("\n").slice(1);
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return rows
    .flatMap((row) => (row.some((cell) => cell === "Leader" || cell === "Follower") ? [Number(row[0])] : []))
    .sort();
}

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

  for (const ordinal of [0, 1, 2])
    fault(`controller ${ordinal} is killed`, () => killAndReturn(`controller-${ordinal}`));

  for (const ordinal of [0, 1, 2]) {
    fault(`the disk of controller ${ordinal} is lost`, async () => {
      await loseDisk(`controller-${ordinal}`);
      await untilVoters(9000, 9001, 9002);
    });
  }
});
