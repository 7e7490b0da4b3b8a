import type { Refused } from "./case";

const cordoned = (ordinals: readonly number[]) => ({ replicas: 4, operations: { cordoned: ordinals } });

/** Bad configs by their fault. */
export const VERSIONS: Readonly<Record<string, readonly Refused[]>> = {
  "modes and versions": [
    [{ kafka: { version: "4.4.0" } }, "kafka.version", "one of 4.3.1, 4.2.1, 3.9.2"],
    [{ mode: "zookeeper", kafka: { version: "4.3.1" } }, "kafka.version", "in mode zookeeper: 3.9.2"],
    [{ kafka: { metadataVersion: "latest" } }, "kafka.metadataVersion", "such as 4.2"],
    [{ kafka: { metadataVersion: "4.4" } }, "kafka.metadataVersion", "from 3.3 to 4.3"],
    [{ kafka: { version: "4.2.1", metadataVersion: "4.3" } }, "kafka.metadataVersion", "from 3.3 to 4.2"],
    [{ kafka: { metadataVersion: "2.8" } }, "kafka.metadataVersion", "from 3.3"],
    [{ mode: "zookeeper", kafka: { metadataVersion: "3.9" } }, "kafka.metadataVersion", "is for mode kraft"],
    [{ mode: "zookeeper", controllers: { dedicated: true } }, "controllers.dedicated", "false in mode zookeeper"],
    [{ controllers: { replicas: 2 } }, "controllers.replicas", "2 is refused; allowed is an odd number"],
    [{ controllers: { replicas: 5 } }, "controllers.replicas", "at most 3, with 3 brokers"],
    [{ replicas: 4, controllers: { replicas: 5 } }, "controllers.replicas", "at most 3, with 4 brokers"],
    [{ controllers: { replicas: 11 } }, "controllers.replicas", "from 1 to 9"],
    [{ mode: "zookeeper", zookeeper: { replicas: 4 } }, "zookeeper.replicas", "an odd number"],
    [{ zookeeper: { persistentServers: 5 } }, "zookeeper.persistentServers", "at most 3"],
  ],
  "cordoned brokers": [
    [cordoned([4, 1]), "operations.cordoned[0]", "4 is refused; allowed is the number of a broker, from 0 to 3"],
    [cordoned([1, 1]), "operations.cordoned[1]", "1 is named twice"],
    [
      cordoned([1, 2]),
      "operations.cordoned",
      "leaves 2 of 4 brokers, and default.replication.factor has 3 copies: add brokers first",
    ],
    [
      { ...cordoned([0]), topics: [{ name: "chatroom", partitions: 1, replicationFactor: 4 }] },
      "operations.cordoned",
      "leaves 3 of 4 brokers, and the topic chatroom has 4 copies",
    ],
    [{ replicas: 1, operations: { cordoned: [0] } }, "operations.cordoned", "names every broker"],
    [{ ...cordoned([1]), kafka: { version: "4.2.1" } }, "operations.cordoned", "is for Kafka 4.3 and later"],
    [{ ...cordoned([1]), mode: "zookeeper" }, "operations.cordoned", "is for Kafka 4.3 and later; Kafka 3.9.2"],
    [
      { ...cordoned([1]), kafka: { metadataVersion: "4.2" } },
      "operations.cordoned",
      "needs 4.3 as kafka.metadataVersion, which is 4.2",
    ],
  ],
};
