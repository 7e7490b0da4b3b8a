import { inPod, kubectl } from "../support/kubectl";
import { until } from "../support/until";
import { voters } from "../support/voters";
import { back, emptyDisk, identities, kill } from "./brokers";
import { fault } from "./fault";

const CONTROLLERS = ["controller-0", "controller-1", "controller-2"];

/** Takes away what is on the disk of a controller; it stays beside, to be given back. */
const takeAway = (pod: string) =>
  inPod(pod, "bash", "-c", 'for dir in ${KAFKA_DATA_DIRS//,/ }; do mv "$dir/log" "$dir/aside"; done');

/** Gives it back at a moment, to all at the same: one that has nothing yet would join the first that has its own. A container that has just ended is tried again. */
const giveBack = (pod: string, at: number) =>
  until(`${pod} has its disk back`, 300, async () => {
    const swap = 'if [ -d "$dir/aside" ]; then rm -rf "$dir/log" && mv "$dir/aside" "$dir/log"; fi';
    const atOnce = `while (($(date +%s) < ${at})); do sleep 0.02; done; for dir in \${KAFKA_DATA_DIRS//,/ }; do ${swap}; done`;
    await inPod(pod, "bash", "-c", atOnce);
    return null;
  });

/** Waits until a server has said something, in its container or in the one before. */
const untilSaid = (pod: string, text: RegExp) =>
  until(`${pod} said ${text.source}`, 300, async () => {
    const logs = await Promise.all(
      [[], ["--previous"]].map((which) => kubectl("logs", pod, "-n", "kafka", ...which).catch(() => "")),
    );
    return logs.some((log) => text.test(log)) ? null : (logs[0]?.trimEnd().split("\n").at(-1) ?? "");
  });

const untilVoters = (...expected: number[]) =>
  until(`the voters are ${expected.join(", ")}`, 300, async () => {
    const now = await voters();
    return now.join() === expected.join() ? null : `they are ${now.join(", ")}`;
  });

/** That there is one quorum is judged by the load: a cluster that was founded anew would not know its topic. */
describe("when servers start with an empty disk", () => {
  fault("the disk of controller 0 is lost, and all servers start at once", async () => {
    const before = await identities();
    await emptyDisk("controller-0");
    await kill(...before.keys());
    await back(before, ...before.keys());
    await untilVoters(9000, 9001, 9002);
  });

  fault("the disk of controller 0 is lost, and all others start after it", async () => {
    const before = await identities();
    await emptyDisk("controller-0");
    await kill(...before.keys());
    // They are killed again when it has begun to ask them, or heard of the quorum from one of them.
    await untilSaid("controller-0", /waiting for |joining it/);
    await kill(...[...before.keys()].filter((pod) => pod !== "controller-0"));
    await back(before, ...before.keys());
    await untilVoters(9000, 9001, 9002);
  });

  fault("the disks of all controllers are lost: no quorum is founded until they are back", async () => {
    const before = await identities();
    for (const pod of CONTROLLERS) await takeAway(pod);
    await kill(...CONTROLLERS);
    for (const pod of CONTROLLERS) {
      await untilSaid(pod, /the metadata of this cluster is lost: .*Give the controllers the volumes that they had/);
    }
    const at = Math.ceil(Date.now() / 1000) + 20;
    await Promise.all(CONTROLLERS.map((pod) => giveBack(pod, at)));
    await back(before, ...CONTROLLERS);
    await untilVoters(9000, 9001, 9002);
  });
});
