import assert from "node:assert/strict";
import { type Reader, Writer } from "@platformatic/kafka";
import { KafkaClient, NoMetadataError } from "../../src/kafka/client.js";
import { Cluster } from "../../src/ops/cluster.js";
import { FakeKafka, log } from "../lag/fake-kafka.js";

const METADATA = 3;

/** What a broker with ZooKeeper answers before the controller has told it of anything. */
const nothing = (): Buffer =>
  Writer.create()
    .appendInt32(0)
    .appendArray([], () => undefined)
    .appendString(null)
    .appendInt32(-1)
    .appendArray([], () => undefined)
    .appendTaggedFields().buffer;

describe("metadata of a broker that has heard nothing of the cluster yet", () => {
  let kafka: FakeKafka;
  let client: KafkaClient;
  /** Answers of that kind that are left. */
  let unaware: number;

  beforeEach(async () => {
    kafka = await FakeKafka.start();
    kafka.state.topics = { orders: [log()] };
    kafka.special.set(METADATA, (_request: Reader) => {
      unaware -= 1;
      if (unaware === 0) kafka.special.delete(METADATA);
      return nothing();
    });
    client = new KafkaClient({ bootstrap: [{ host: "127.0.0.1", port: kafka.port }], clientId: "test" });
  });
  afterEach(async () => {
    await client.close();
    kafka.close();
  });

  it("is not taken for a cluster without topics", async () => {
    unaware = 2;
    await assert.rejects(client.metadata(null), NoMetadataError);
    assert.equal(client.lastSeen, undefined);
  });

  it("is asked for again until the broker knows more, or the time is up", async () => {
    unaware = 2;
    const { topics } = await new Cluster(client, 10_000, new AbortController().signal).describe();
    assert.deepEqual([...topics.keys()], ["orders"]);
    unaware = 1_000;
    kafka.special.set(METADATA, nothing);
    await assert.rejects(
      new Cluster(client, 0, new AbortController().signal).describe(),
      /^RefusedError: Kafka failed at reading the cluster's metadata: The broker that answered does not know/,
    );
  });
});
