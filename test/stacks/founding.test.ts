import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { within } from "kafka-stack-waiting";
import { back, emptyDisk, identities, kill } from "../faults/brokers";
import { opsCommand, recovered as recoverQuorumOf } from "../faults/recovery";
import { cleanSlate } from "../e2e/clean-slate";
import { inPod, kubectl } from "../support/kubectl";
import { down, up } from "../support/stack";
import { until } from "../support/until";
import { voters } from "../support/voters";

const STACK = "kraft-quickstart";
const SERVERS = ["broker-0", "broker-1", "broker-2"];
const TOPIC = "orders";
const BOOTSTRAP = ["--bootstrap-server", "kafka-bootstrap:9092"];
const RECORDS = 200;
const ROUNDS = 10;

/** The others start at different moments, at most this much later. */
const SPREAD_MS = 5_000;

const tool = (...words: string[]) => inPod("broker-0", ...words);

describe("servers with both roles that are killed together, one of them with an emptied disk", function () {
  this.timeout(900_000);
  let written = 0;

  before(async () => {
    await cleanSlate();
    await up(STACK);
    const shape = ["--partitions", "6", "--replication-factor", "3", "--config", "min.insync.replicas=2"];
    await tool("kafka-topics.sh", ...BOOTSTRAP, "--create", "--topic", TOPIC, ...shape);
  });

  after(() => down(STACK));

  const write = async () => {
    const produce = `kafka-console-producer.sh ${BOOTSTRAP.join(" ")} --topic ${TOPIC} --producer-property acks=all`;
    await tool("bash", "-c", `seq ${written + 1} ${written + RECORDS} | ${produce}`);
    written += RECORDS;
  };

  const assertAllThere = async () => {
    const read = `kafka-console-consumer.sh ${BOOTSTRAP.join(" ")} --topic ${TOPIC} --from-beginning --timeout-ms 10000 2>/dev/null || true`;
    const records = new Set((await tool("bash", "-c", read)).trim().split("\n"));
    const lost = Array.from({ length: written }, (_, n) => String(n + 1)).filter((record) => !records.has(record));
    assert.deepEqual(lost, []);
  };

  /** What a server says that it waits for; nothing when it does not wait for a person. */
  const asks = async (pod: string) => {
    const logs = await kubectl("logs", pod, "-n", "kafka", "--tail=50").catch(() => "");
    return /this disk has lost its copies of .*recover-partitions/.test(logs);
  };

  /** Waits until all are back; where the broker with the empty disk asks for a person, follows its advice. */
  const recovered = async (before: ReadonlyMap<string, string>, lost: string) => {
    let elected = false;
    await until("all are back", 400, async () => {
      if (!elected && (await asks(lost))) {
        // Again until it succeeds: at first the other brokers may not have started.
        await elect();
        elected = true;
      }
      await within(back(before, ...SERVERS), 5_000, "not all are ready");
      return null;
    });
    return elected;
  };

  /** Does what the log of the waiting server says, and then what that command says. */
  const elect = async () => {
    const { text } = await opsCommand("recover-partitions");
    const advised = [...text.matchAll(/npm run ops -- (recover-partitions .*)$/gm)].at(-1)?.[1] ?? "";
    assert.match(advised, /--elect/, text);
    // Other output than sentences would not be for people.
    assert.doesNotMatch(text, /^\[$/m);
    const done = await opsCommand(...advised.split(" "));
    assert.equal(done.code, 0, done.text);
  };

  for (let round = 0; round < ROUNDS; round++) {
    it(`loses nothing, ${round + 1} of ${ROUNDS}`, async () => {
      await write();
      const lost = SERVERS[round % SERVERS.length] ?? "";
      const before = await identities();
      await emptyDisk(lost);
      await kill(...SERVERS);
      await Promise.all(
        SERVERS.map(async (pod, server) => {
          const later = round === 0 ? 0 : ((round * 1_733 + server * 2_777) % 11) * (SPREAD_MS / 10);
          if (later === 0) return;
          await delay(later);
          await kill(pod); // what had begun to start begins again
        }),
      );
      await recovered(before, lost);
      assert.deepEqual(await voters(), [0, 1, 2]);
      await assertAllThere();
    });
  }

  it("loses nothing when two disks are gone for good, and the quorum is recovered from the third", async () => {
    await write();
    const lost = SERVERS.slice(0, 2);
    const before = await identities();
    await Promise.all(lost.map(emptyDisk));
    await kill(...SERVERS);
    await recoverQuorumOf(lost);
    // Their votes are needed before anybody can say which copies they have lost: until then they are controllers alone.
    await recovered(before, "broker-0");
    await assertAllThere();
  });
});
