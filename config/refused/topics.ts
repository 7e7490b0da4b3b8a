import { settings, topic, type Refused } from "./case";

/** Bad configs by their fault. */
export const TOPICS: Readonly<Record<string, readonly Refused[]>> = {
  "copies of topics": [
    [topic({ replicationFactor: 4 }), "topics[1].replicationFactor", "at most 3, the number of brokers"],
    [topic({ config: { "min.insync.replicas": 3 } }), 'topics[1].config["min.insync.replicas"]', "from 1 to 2"],
    [
      topic({ replicationFactor: 1, config: { "min.insync.replicas": 2 } }),
      'topics[1].config["min.insync.replicas"]',
      "2 is refused; allowed is 1",
    ],
    [
      settings({ "min.insync.replicas": 3 }),
      'kafka.config["min.insync.replicas"]',
      "from 1 to 2, fewer than the 3 copies",
    ],
    [settings({ "default.replication.factor": 4 }), 'kafka.config["default.replication.factor"]', "at most 3"],
    [
      { replicas: 2, ...settings({ "offsets.topic.replication.factor": 3 }) },
      'kafka.config["offsets.topic.replication.factor"]',
      "at most 2",
    ],
    [settings({ "transaction.state.log.min.isr": 3 }), 'kafka.config["transaction.state.log.min.isr"]', "from 1 to 2"],
    [
      { ...settings({ "min.insync.replicas": 2 }), ...topic({ replicationFactor: 2 }) },
      "topics[1].replicationFactor",
      "more than 2, the min.insync.replicas of kafka.config",
    ],
    [topic({ name: "chatroom" }), "topics[1].name", "chatroom is declared twice"],
    [
      { topics: [{ name: "chat_room" }, { name: "chat.room" }], kchat: { rooms: ["chat.room"] } },
      "topics[1].name",
      "collides with chat_room",
    ],
    [topic({ name: "__consumer_offsets" }), "topics[1].name", "a topic of Kafka's own"],
  ],
};
