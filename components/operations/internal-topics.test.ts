import assert from "node:assert/strict";
import { internalTopics } from "./internal-topics";

describe("internalTopics", () => {
  it("follow the broker settings for each of Kafka's topics", () => {
    const settings = {
      "min.insync.replicas": 2,
      "offsets.topic.replication.factor": 3,
      "transaction.state.log.replication.factor": "3",
      "transaction.state.log.min.isr": 2,
    };
    assert.deepEqual(internalTopics(settings, 5), {
      internal: {
        replicationFactor: 3,
        topics: {
          __consumer_offsets: { replicationFactor: 3 },
          __transaction_state: { replicationFactor: 3, minInsyncReplicas: 2 },
        },
      },
      minInsyncReplicas: 2,
    });
  });

  it("have three replicas for the others, or as many as there are brokers", () => {
    assert.equal(internalTopics({}, 9).internal.replicationFactor, 3);
    assert.equal(internalTopics({}, 2).internal.replicationFactor, 2);
    assert.deepEqual(internalTopics({}, 2).internal.topics, {});
  });
});
