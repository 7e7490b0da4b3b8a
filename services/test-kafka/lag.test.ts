import assert from "node:assert/strict";
import { Consumer, createTopicsV7, deleteGroupsV2, Producer, stringSerializers } from "@platformatic/kafka";
import type { Running } from "kafka-stack-processes";
import { KafkaClient, parseBootstrap } from "../src/kafka/client.js";
import { until } from "../test/fakes.js";
import { TestCluster } from "./cluster.js";
import { launch } from "./processes.js";

const PORT = 19_704;
const HOUR = 3_600_000;

describe("The lag exporter with a real Kafka", function () {
  this.timeout(240_000);
  let cluster: TestCluster;
  let exporter: Running;

  before(async () => {
    cluster = await TestCluster.start(3);
    exporter = launch("lag", {
      KAFKA_BOOTSTRAP_ADDRESS: cluster.bootstrap,
      LAG_HOST: "127.0.0.1",
      LAG_PORT: String(PORT),
      LAG_PAUSE_MS: "200",
    });
  });
  after(async () => {
    exporter.kill("SIGKILL");
    await cluster.close();
  });

  /** The value of a partition of the topic `orders`. */
  const value = async (metric: string, partition: number): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${PORT}/metrics`).then(
      (response) => response.text(),
      () => "",
    );
    const line = new RegExp(
      `^${metric}\\{consumergroup="billing",.*topic="orders",partition="${partition}"\\} (.+)$`,
      "m",
    );
    return Number(line.exec(answer)?.[1] ?? NaN);
  };

  it("reports a group's lag in records and time, and nothing for a partition whose leader is away", async () => {
    const bootstrapBrokers = cluster.bootstrap.split(",");
    const client = new KafkaClient({ bootstrap: parseBootstrap(cluster.bootstrap), clientId: "test" });

    await client.request(
      "controller",
      createTopicsV7.api,
      // Each broker leads one partition.
      [
        {
          name: "orders",
          numPartitions: -1,
          replicationFactor: -1,
          assignments: [
            { partitionIndex: 0, brokerIds: [0] },
            { partitionIndex: 1, brokerIds: [1] },
          ],
          configs: [],
        },
      ],
      30_000,
      false,
    );
    const producer = new Producer({ clientId: "test", bootstrapBrokers, serializers: stringSerializers });
    const now = Date.now();
    const messages = [3, 2, 1, 0].flatMap((hours) =>
      [0, 1].map((partition) => ({
        topic: "orders",
        partition,
        value: `${hours}`,
        timestamp: BigInt(now - hours * HOUR),
      })),
    );
    for (const message of messages) await producer.send({ messages: [message], acks: -1 });
    await producer.close();
    const consumer = new Consumer({ clientId: "test", groupId: "billing", bootstrapBrokers });
    await consumer.joinGroup({});
    await consumer.commit({
      offsets: [
        { topic: "orders", partition: 0, offset: 2n, leaderEpoch: 0 },
        { topic: "orders", partition: 1, offset: 4n, leaderEpoch: 0 },
      ],
    });
    await until(
      `the group's lag is known: ${exporter.said}`,
      async () => (await value("kafka_consumergroup_lag", 0)) === 2,
      60_000,
    );
    assert.equal(await value("kafka_consumergroup_lag", 1), 0);
    assert.equal(await value("kafka_consumergroup_lag_seconds", 1), 0);
    await until("its time is", async () => (await value("kafka_consumergroup_lag_seconds", 0)) > 0, 60_000);
    const late = await value("kafka_consumergroup_lag_seconds", 0);
    const truth = (Date.now() - (now - HOUR)) / 1_000;
    assert.ok(late >= truth - 2 && late <= truth * 1.01 + 2, `${late} is not ${truth}`);

    await cluster.kill(1);
    await until(
      "nothing is said of its partition",
      async () => Number.isNaN(await value("kafka_consumergroup_lag", 1)),
      60_000,
    );
    await cluster.startBroker(1);
    await until("it is known again", async () => (await value("kafka_consumergroup_lag", 1)) === 0, 60_000);

    await consumer.close(true);

    for (const broker of (await client.metadata([])).brokers.keys()) {
      await client.request(broker, deleteGroupsV2.api, ["billing"]).catch(() => undefined);
    }
    await until("the group is gone", async () => Number.isNaN(await value("kafka_consumergroup_lag", 0)), 60_000);
    await client.close();
  });
});
