import { inPod } from "../test/support/kubectl";
import { up } from "../test/support/stack";
import { up as sandboxUp } from "../sandbox";

/** Enough for copying to take much longer than a Job's start: 400 MB, three times. */
const RECORDS = 4_000;
const RECORD_BYTES = 100_000;
const THROTTLE = 8 * 2 ** 20;
const TOPIC = "bench-scale-out";

/**
 * Seconds of the `up` that moves a fourth broker's share to it, compared with the seconds to copy its bytes at the throttle. An earlier
 * `up` starts the broker, so that only the move counts.
 */
export async function scaleOut(): Promise<string[]> {
  await sandboxUp();
  await up("dev");
  const kafka = ["--bootstrap-server", "localhost:9092"];
  const shape = ["--partitions", "12", "--replication-factor", "3"];
  await inPod("broker-0", "kafka-topics.sh", ...kafka, "--create", "--if-not-exists", "--topic", TOPIC, ...shape);
  const load = ["--num-records", String(RECORDS), "--record-size", String(RECORD_BYTES), "--throughput", "-1"];
  const client = ["--producer-props", "bootstrap.servers=localhost:9092", "acks=all", "batch.size=200000"];
  await inPod("broker-0", "kafka-producer-perf-test.sh", ...load, "--topic", TOPIC, ...client);
  try {
    await up("dev", "replicas=4", "operations.rebalance.enabled=false");
    const from = performance.now();
    await up("dev", "replicas=4", `operations.rebalance.throttle=${THROTTLE}`);
    const seconds = (performance.now() - from) / 1000;
    const sizes = await inPod("broker-3", "bash", "-c", `cat "$KAFKA_DATA_DIRS"/log/${TOPIC}-*/*.log | wc -c`);
    const bytes = Number(sizes);
    const ideal = bytes / THROTTLE;
    return [
      `up to copying at the throttle: ${(seconds / ideal).toFixed(2)} (${seconds.toFixed(1)} s to ${ideal.toFixed(1)} s for ${(bytes / 1e6).toFixed(0)} MB)`,
    ];
  } finally {
    await inPod("broker-0", "kafka-topics.sh", ...kafka, "--delete", "--topic", TOPIC);
    await up("dev");
  }
}
