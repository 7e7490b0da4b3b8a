import assert from "node:assert/strict";
import { KafkaClient } from "../../services/src/kafka/client";
import { PartitionWriter } from "../../services/src/kafka/partition-writer";
import { inPod, kubectl } from "../support/kubectl";
import { ops } from "../support/ops";
import { until } from "../support/until";
import { assertSpread, identities } from "./brokers";
import { drainNode } from "./drained";
import { fault } from "./fault";
import { runningJobPod } from "./job-pods";
import { BOOTSTRAP } from "./load";
import { change } from "./stack";

const TOPIC = "large";
const PARTITIONS = 8;
const MIB = 2 ** 20;
const LOCAL = ["--bootstrap-server", "localhost:9092"];

/** So slow that nothing ends while the Job's pod is killed or brokers are restarted, on any machine: a broker gets a MiB at once before a throttle holds it. */
const CRAWL = "16KiB";

/** The moves in `npm run ops -- status --json`. */
interface Status {
  readonly reassignments: number;
  readonly throttled: readonly string[];
  readonly moves?: {
    readonly partitions: number;
    readonly bytesLeft: number;
    readonly bytesPerSecond: number;
    readonly secondsLeft?: number;
  };
}

const status = async (): Promise<Status> => JSON.parse(await ops("status", "--json")) as Status;

/** Creates a topic with two replicas and 32 MiB in each partition. */
async function fill(): Promise<void> {
  const shape = ["--partitions", String(PARTITIONS), "--replication-factor", "2", "--config", "min.insync.replicas=1"];
  await inPod("broker-0", "kafka-topics.sh", ...LOCAL, "--create", "--if-not-exists", "--topic", TOPIC, ...shape);
  const client = new KafkaClient({ bootstrap: [BOOTSTRAP], clientId: "filler" });
  try {
    await until("the topic is known", 60, async () => {
      const { topics } = await client.metadata([TOPIC]);
      return topics.get(TOPIC)?.partitions.length === PARTITIONS ? null : "it is not";
    });
    const value = Buffer.alloc(MIB / 2, "x");
    const deadline = Date.now() + 600_000;
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const writer = new PartitionWriter(client, TOPIC, partition, Buffer.from("key"));
      for (let written = 0; written < 32 * MIB; written += value.length) await writer.append(value, deadline);
    }
  } finally {
    await client.close();
  }
}

/** Deletes the topic. */
async function empty(): Promise<void> {
  await inPod("broker-0", "kafka-topics.sh", ...LOCAL, "--delete", "--topic", TOPIC);
}

/** Removes the throttle's effect; the next Job sets the throttle again. */
async function hurry(): Promise<void> {
  const rates = "leader.replication.throttled.rate=1000000000,follower.replication.throttled.rate=1000000000";
  for (const id of [0, 1, 2, 3]) {
    const broker = ["--entity-type", "brokers", "--entity-name", String(id)];
    await inPod("broker-0", "kafka-configs.sh", ...LOCAL, "--alter", ...broker, "--add-config", rates);
  }
}

/** Kills the pod of a Job that moves partitions, once it does. @param ended rejects when nothing moves any more */
async function killMover(ended: Promise<never>): Promise<void> {
  const pod = await Promise.race([runningJobPod("finish-"), ended]);
  const moves = async () =>
    /\d+ under way from an earlier run|\d+ of \d+ partitions? moved/.test(await kubectl("logs", "-n", "kafka", pod))
      ? null
      : "it does not yet";
  await Promise.race([until(`${pod} moves partitions`, 600, moves), ended]);
  await kubectl("delete", "pod", pod, "-n", "kafka", "--grace-period=0", "--force");
}

describe("when a large move is interrupted", function () {
  // Each of them is many updates, at the pace of a copy that crawls.
  this.timeout(3_600_000);

  const small = { replicas: "3", "operations.rebalance.throttle": "50MiB", "operations.rebalance.wait": "true" };

  // The second one does not begin where a failure of the first has left it.
  beforeEach(async function () {
    this.timeout(600_000);
    await change(small);
  });

  after(async function () {
    this.timeout(600_000);
    await change(small);
  });

  fault("the pod of the Job that moves partitions is killed five times, and a node drained meanwhile", async () => {
    await fill();
    let ended = false;
    const scaled = change({ replicas: "4", "operations.rebalance.throttle": CRAWL }).finally(() => {
      ended = true;
    });
    const early = scaled.then((): never => {
      throw new Error("up has ended before its Job was killed");
    });
    // Awaited where it matters; an earlier failure must not end the process.
    early.catch(() => undefined);
    for (let kills = 0; kills < 5; kills += 1) {
      await killMover(early);
      if (kills === 2) await drainNode();
    }
    await runningJobPod("finish-");
    await until("the move ends", 900, async () => {
      if (ended) return null;
      await hurry();
      return "it does not";
    });
    await scaled;
    await assertSpread(4);
    // The Job may have ended while this test set the rates of brokers again; those of topics are the Job's alone.
    const { reassignments, throttled } = await status();
    assert.deepEqual([reassignments, throttled.filter((each) => !each.startsWith("broker "))], [0, []]);
    await empty();
    await change({ replicas: "3", "operations.rebalance.throttle": "50MiB" });
    await assertSpread(3);
    const settled = await status();
    assert.deepEqual([settled.reassignments, settled.throttled], [0, []]);
  });

  fault("up does not wait for a large move, which goes on, and the next one takes it over", async () => {
    await fill();
    await change({ replicas: "4", "operations.rebalance.throttle": CRAWL, "operations.rebalance.wait": "false" });
    const { reassignments, throttled, moves } = await status();
    assert.ok(
      reassignments > 0 && throttled.length > 0 && moves !== undefined,
      JSON.stringify({ reassignments, throttled }),
    );
    assert.ok(moves.partitions > 0 && moves.bytesLeft > MIB, JSON.stringify(moves));
    assert.match(await ops("status"), /Moving \d+ partitions?: [\d.]+ \S+ left, [\d.]+ \S+\/s, /);

    // Another change meanwhile: it neither waits for the move nor cancels it.
    await change({ 'kafka.config["log.cleaner.backoff.ms"]': "15001" });
    assert.ok((await status()).reassignments > 0, "the move was cancelled");
    // Nor does a roll wait for it, although it restarts the broker that is far from full.
    const before = await identities();
    await change({ "kafka.heap": "490m" });
    const after = await identities();
    for (const broker of ["broker-0", "broker-1", "broker-2", "broker-3"]) {
      assert.notEqual(after.get(broker), before.get(broker), `${broker} was not restarted`);
    }
    assert.ok((await status()).reassignments > 0, "the roll waited for the move, or cancelled it");

    // The broker that receives the partitions must leave: they are moved back, and it leaves empty.
    await change({ replicas: "3", "operations.rebalance.throttle": "50MiB" });
    assert.match(await ops("settle"), /No partition moves, and no throttle is set/);
    await assertSpread(3);
    const settled = await status();
    assert.deepEqual([settled.reassignments, settled.throttled], [0, []]);
    await empty();
  });
});
