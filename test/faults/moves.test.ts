import assert from "node:assert/strict";
import { KafkaClient } from "../../services/src/kafka/client";
import { PartitionWriter } from "../../services/src/kafka/partition-writer";
import { inPod, kubectl } from "../support/kubectl";
import { ops } from "../support/ops";
import { until } from "../support/until";
import { assertSpread } from "./brokers";
import { fault } from "./fault";
import { runningJobPod } from "./job-pods";
import { BOOTSTRAP } from "./load";
import { change } from "./stack";

const TOPIC = "large";
const PARTITIONS = 8;
const MIB = 2 ** 20;
const LOCAL = ["--bootstrap-server", "localhost:9092"];

/** So slow that nothing ends while the Job's pod is killed, however slow the machine is. */
const CRAWL = "64KiB";

/** Makes a topic with two replicas of 32 MiB of each of its partitions. */
async function fill(): Promise<void> {
  const shape = ["--partitions", String(PARTITIONS), "--replication-factor", "2"];
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

/** Lets copying go as fast as it can; a Job that begins sets the throttle again. */
async function hurry(): Promise<void> {
  const rates = "leader.replication.throttled.rate=1000000000,follower.replication.throttled.rate=1000000000";
  for (const id of [0, 1, 2, 3]) {
    const broker = ["--entity-type", "brokers", "--entity-name", String(id)];
    await inPod("broker-0", "kafka-configs.sh", ...LOCAL, "--alter", ...broker, "--add-config", rates);
  }
}

describe("when a large move is interrupted", () => {
  fault("the pod of the Job that moves partitions is killed five times", async () => {
    await fill();
    let ended = false;
    const scaled = change({ replicas: "4", "operations.rebalance.throttle": CRAWL }).finally(() => {
      ended = true;
    });
    // Looked at again below; a failure before that must not end the process.
    scaled.catch(() => undefined);
    for (let kills = 0; kills < 5; kills += 1) {
      const pod = await runningJobPod("finish-");
      await until(`${pod} moves partitions`, 600, async () =>
        /\d+ under way from an earlier run|\d+ of \d+ partitions? moved/.test(await kubectl("logs", "-n", "kafka", pod))
          ? null
          : ended
            ? "up has ended"
            : "it does not yet",
      );
      await kubectl("delete", "pod", pod, "-n", "kafka", "--grace-period=0", "--force");
      await until(`${pod} is gone`, 120, async () => ((await runningJobPod("finish-")) === pod ? "it is not" : null));
    }
    await until("the move ends", 900, async () => {
      if (ended) return null;
      await hurry();
      return "it does not";
    });
    await scaled;
    await assertSpread(4);
    const { reassignments, throttled } = JSON.parse(await ops("status", "--json")) as {
      reassignments: number;
      throttled: string[];
    };
    assert.deepEqual([reassignments, throttled], [0, []]);
    await inPod("broker-0", "kafka-topics.sh", ...LOCAL, "--delete", "--topic", TOPIC);
    await change({ replicas: "3", "operations.rebalance.throttle": "50MiB" });
    await assertSpread(3);
  });
});
