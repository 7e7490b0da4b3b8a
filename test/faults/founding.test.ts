import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { down as sandboxDown } from "../../sandbox/down";
import { up as sandboxUp } from "../../sandbox/up";
import { get, inPod, kubectl } from "../support/kubectl";
import { until } from "../support/until";
import { voters } from "../support/voters";
import { back, emptyDisk, identities, kill } from "./brokers";
import { fault } from "./fault";
import { recovered, recoverQuorum, untilSaid } from "./recovery";
import { change, takeDown } from "./stack";

interface Volumes {
  readonly items: readonly {
    readonly spec: {
      readonly claimRef?: { readonly name: string };
      readonly hostPath?: { readonly path: string };
      readonly local?: { readonly path: string };
    };
  }[];
}

/** How often all servers start at once with the disk of controller 0 empty. */
const ROUNDS = 10;

/** The others start at different moments, at most this much later. */
const SPREAD_MS = 5_000;

const CONTROLLERS = ["controller-0", "controller-1", "controller-2"];

/** Moves the content of a controller's disk aside, so that it can be given back. */
const takeAway = (pod: string) =>
  inPod(pod, "bash", "-c", 'for dir in ${KAFKA_DATA_DIRS//,/ }; do mv "$dir/log" "$dir/aside"; done');

/**
 * Gives it back to all controllers at the same moment: one that still has nothing would join the first that has its own. A container that has just
 * ended is tried again.
 */
const giveBack = (pod: string, at: number) =>
  until(`${pod} has its disk back`, 300, async () => {
    const swap = 'if [ -d "$dir/aside" ]; then rm -rf "$dir/log" && mv "$dir/aside" "$dir/log"; fi';
    const atOnce = `while (($(date +%s) < ${at})); do sleep 0.02; done; for dir in \${KAFKA_DATA_DIRS//,/ }; do ${swap}; done`;
    await inPod(pod, "bash", "-c", atOnce);
    return null;
  });

const untilVoters = (...expected: number[]) =>
  until(`the voters are ${expected.join(", ")}`, 300, async () => {
    const now = await voters();
    return now.join() === expected.join() ? null : `they are ${now.join(", ")}`;
  });

/** Asserts that a plain `up` succeeds, and then has nothing to do. */
async function assertSettled(): Promise<void> {
  const { changes, printed } = await change();
  assert.deepEqual([changes.create, changes.update, changes.replace, changes.delete], [0, 0, 0, 0], printed);
}

/** The path of a claim's files on this machine. */
async function volumePath(claim: string): Promise<string> {
  const { items } = await get<Volumes>("pv");
  const found = items.find(({ spec }) => spec.claimRef?.name === claim)?.spec;
  const path = found?.hostPath?.path ?? found?.local?.path;
  assert.ok(path !== undefined, `there is no directory for ${claim}`);
  return path;
}

/** Empties a directory that no server has open. */
function empty(path: string): void {
  const entries = readdirSync(path);
  assert.ok(entries.length > 0, `${path} is empty already`);
  for (const entry of entries) rmSync(join(path, entry), { recursive: true });
}

const emptyVolume = async (claim: string): Promise<void> => {
  empty(await volumePath(claim));
};

/** Delays of a round: none in the first, so that all start at once; then they differ by round and server. */
const delayOf = (round: number, server: number): number =>
  round === 0 ? 0 : ((round * 1_733 + server * 2_777) % 11) * (SPREAD_MS / 10);

/** The load shows whether there is one quorum: a cluster that was founded anew would not know its topic. */
describe("when servers start with an empty disk", () => {
  before(() => change({ "kafka.version": "4.3.1", "controllers.replicas": "3" }));

  for (let round = 0; round < ROUNDS; round++) {
    fault(`the disk of controller 0 is lost, and all servers start together, ${round + 1} of ${ROUNDS}`, async () => {
      const before = await identities();
      await emptyDisk("controller-0");
      await kill(...before.keys());
      const others = [...before.keys()].filter((pod) => pod !== "controller-0");
      await Promise.all(
        others.map(async (pod, server) => {
          const later = delayOf(round, server);
          if (later === 0) return;
          await delay(later);
          await kill(pod); // what had begun to start begins again
        }),
      );
      await back(before, ...before.keys());
      await untilVoters(9000, 9001, 9002);
    });
  }

  fault("the disk of controller 0 is lost, and all others start after it", async () => {
    const before = await identities();
    await emptyDisk("controller-0");
    await kill(...before.keys());
    // They are killed again once it has begun to ask them, or has learned of the quorum from one of them.
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

  fault("the disks of all controllers are lost for good: the quorum comes back from the copy of a broker", async () => {
    const before = await identities();
    await Promise.all(CONTROLLERS.map(emptyDisk));
    await kill(...CONTROLLERS);
    for (const pod of CONTROLLERS) await untilSaid(pod, /the metadata of this cluster is lost: .*recover-quorum/);
    await recovered(CONTROLLERS);
    await back(before, ...CONTROLLERS);
    await untilVoters(9000, 9001, 9002);
    await assertSettled();
  });

  fault(
    "the disks of two controllers are lost for good: the quorum comes back from the most complete copy",
    async () => {
      const before = await identities();
      const lost = CONTROLLERS.slice(0, 2);
      // At once: otherwise the first would be back as a voter before the second is gone.
      await Promise.all(lost.map(emptyDisk));
      await kill(...lost);
      await recovered(lost);
      await back(before, ...lost);
      await untilVoters(9000, 9001, 9002);
      await assertSettled();
    },
  );

  fault("the metadata log of a controller is deleted: it comes back without the vote that it had", async () => {
    const before = await identities();
    const identity = () =>
      inPod("controller-1", "bash", "-c", 'grep directory.id "${KAFKA_DATA_DIRS%%,*}/log/meta.properties"');
    const former = await identity();
    await inPod("controller-1", "bash", "-c", 'rm -r "${KAFKA_DATA_DIRS%%,*}/log/__cluster_metadata-0"');
    await kill("controller-1");
    await untilSaid("controller-1", /gets a new identity, without the vote of the former one/);
    await back(before, "controller-1");
    await untilVoters(9000, 9001, 9002);
    assert.notEqual(await identity(), former);
  });

  fault("a recovery is refused while there is a quorum", async () => {
    const { code, text } = await recoverQuorum();
    assert.equal(code, 1, text);
    assert.match(text, /a majority, which elects a leader by itself/);
  });

  fault("the stack is taken down, the disk of controller 0 is lost, and it comes up", async () => {
    await takeDown();
    await emptyVolume("data-0-controller-0");
    await change();
    await untilVoters(9000, 9001, 9002);
  });

  fault("the sandbox is restarted with an empty disk of controller 0", async () => {
    const path = await volumePath("data-0-controller-0");
    await sandboxDown();
    empty(path);
    await sandboxUp({ nodes: 3 });
    await kubectl("wait", "pod", ...CONTROLLERS, "-n", "kafka", "--for=condition=Ready", "--timeout=300s");
    await untilVoters(9000, 9001, 9002);
  });

  fault("the disk of the only controller is lost for good", async () => {
    await change({ "controllers.replicas": "1" });
    await emptyDisk("controller-0");
    const before = await identities();
    await kill("controller-0");
    await untilSaid("controller-0", /the metadata of this cluster is lost/);
    await recovered(["controller-0"]);
    await back(before, "controller-0");
    await untilVoters(9000);
    await change({ "controllers.replicas": "3" });
    await untilVoters(9000, 9001, 9002);
  });
});
