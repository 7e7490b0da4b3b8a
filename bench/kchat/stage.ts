import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "kafka-stack-processes";
import { checkout, kafkaJars } from "../../sandbox";
import { TestCluster } from "../../services/test-kafka/cluster";
import { ops, ServiceProcess } from "../../services/test-kafka/processes";

const PORTS = { producer: 19_660, consumer: 19_661 };

/** Three brokers and both services, as plain processes on the loopback interface. */
export interface Stage {
  readonly bootstrap: string;
  readonly producer: ServiceProcess;
  readonly consumer: ServiceProcess;
  readonly ports: typeof PORTS;
  close(): Promise<void>;
}

/** Topics of the stage: the room, and another like it for traffic that bypasses the services. Three replicas, two of which must have a message. */
export const TOPICS = { room: "chatroom", raw: "raw" } as const;

/** Builds the services and starts everything. */
export async function openStage(): Promise<Stage> {
  process.env["KAFKA_JARS"] ??= await kafkaJars(console.log);
  await run("node", ["build.mjs"], { cwd: join(checkout, "services") });
  const cluster = await TestCluster.start(3);
  const directory = mkdtempSync(join(tmpdir(), "bench-kchat-"));
  const topics = Object.values(TOPICS).map((name) => ({
    name,
    partitions: 1,
    replicationFactor: 3,
    config: { "min.insync.replicas": "2" },
  }));
  const file = join(directory, "topics.json");
  writeFileSync(file, JSON.stringify({ topics }));
  const { code, errors } = await ops(cluster.bootstrap, "topics", "apply", "--file", file, "--wait", "60");
  rmSync(directory, { recursive: true });
  if (code !== 0) throw new Error(errors.join("\n"));
  const environment = {
    KCHAT_BOOTSTRAP_ADDRESS: cluster.bootstrap,
    KCHAT_LOG_LEVEL: "warn",
    // All messages come from one address here.
    KCHAT_RATE_LIMIT: "1000000",
  };
  const producer = new ServiceProcess("kproducer", PORTS.producer, environment);
  // More than the benchmarks need, so that leaving and arriving readers do not compete for seats.
  const consumer = new ServiceProcess("kconsumer", PORTS.consumer, {
    ...environment,
    KCHAT_MAX_READERS: "10000",
    // All of them come from one address.
    KCHAT_MAX_READERS_PER_ADDRESS: "10000",
  });
  await Promise.all([producer.start(), consumer.start()]);
  return {
    bootstrap: cluster.bootstrap,
    producer,
    consumer,
    ports: PORTS,
    async close() {
      await Promise.all([producer.end("SIGKILL"), consumer.end("SIGKILL")]);
      await cluster.close();
    },
  };
}
