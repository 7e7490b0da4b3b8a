import {
  alterClientQuotasV1,
  ConfigResourceTypes,
  createPartitionsV3,
  createTopicsV7,
  deleteGroupsV2,
  deleteTopicsV6,
  describeAclsV3,
  describeConfigsV4,
  describeGroupsV5,
  incrementalAlterConfigsV1,
  IncrementalAlterConfigOperationTypes,
  initProducerIdV5,
  offsetCommitV8,
} from "@platformatic/kafka";
import type { RightSpec } from "../../components/users/user";
import { type KafkaClient, isTransient } from "../../services/src/kafka/client";
import { kafkaErrorName } from "../../services/src/kafka/errors";
import { fetchPartitions, listOffsets } from "../../services/src/kafka/fetch";
import { PartitionWriter } from "../../services/src/kafka/partition-writer";

/** Topics that exist, each with one partition. */
export const TOPICS = ["orders", "orders.eu", "other", "doomed", "changed"] as const;

/** Something that a client does. It ends with Kafka's name for why it may not; undefined when it may. */
export type Attempt = (client: KafkaClient) => Promise<string | undefined>;

/** What a right allows, and what it does not. */
export interface RightCase {
  readonly right: RightSpec;
  readonly may: Attempt;
  readonly mayNot: Attempt;
}

/** Names of refusals, and of answers that say that a request was let through. */
const isRefusal = (name: string) => name.endsWith("AUTHORIZATION_FAILED");

/** Kafka's refusal of a request, if it is one. Another error is thrown, but for one that comes after the rights were looked at. */
const attempt =
  (act: (client: KafkaClient) => Promise<unknown>, afterwards?: string): Attempt =>
  async (client) => {
    for (let tries = 0; ; tries++) {
      try {
        await act(client);
        return undefined;
      } catch (error) {
        const name = kafkaErrorName(error);
        if (name !== undefined && isRefusal(name)) return name;
        if (name !== undefined && name === afterwards) return undefined;
        // Coordinators are elected when they are first asked for.
        if (!isTransient(error) || tries === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };

const write = (topic: string) =>
  attempt(async (client) => {
    await client.metadata([topic]);
    if (client.lastSeen?.topics.has(topic) !== true) return refuse();
    const writer = new PartitionWriter(client, topic, 0, Buffer.from("key"));
    return writer.append(Buffer.from("value"), Date.now() + 60_000);
  });

/** Who may not even describe a topic is not told that it exists. */
const refuse = (): never => {
  throw Object.assign(new HiddenError(), {});
};

class HiddenError extends Error {}

const hidden =
  (act: Attempt): Attempt =>
  (client) =>
    act(client).catch((error: unknown) => {
      if (error instanceof HiddenError) return "TOPIC_AUTHORIZATION_FAILED";
      throw error;
    });

const read = (name: string) =>
  attempt(async (client) => {
    const { topics } = await client.metadata([name]);
    const topic = topics.get(name) ?? refuse();
    const leader = topic.partitions[0]?.leader ?? -1;
    const limits = { maxWaitMs: 10, maxBytes: 1_000 };
    const [answer] = await fetchPartitions(client, leader, topic, new Map([[0, 0]]), limits);
    if (answer?.error !== undefined) throw new NamedError(answer.error);
  });

/** A refusal of one partition, which is no error of the request. */
class NamedError extends Error {}

const named =
  (act: Attempt): Attempt =>
  (client) =>
    act(client).catch((error: unknown) => {
      if (error instanceof NamedError && isRefusal(error.message)) return error.message;
      throw error;
    });

const describe = (name: string) =>
  attempt(async (client) => {
    const { topics } = await client.metadata([name]);
    await listOffsets(client, topics.get(name) ?? refuse(), [0], "latest");
  });

const create = (name: string) =>
  attempt(
    (client) =>
      client.request(
        "controller",
        createTopicsV7.api,
        [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
        10_000,
        false,
      ),
    "TOPIC_ALREADY_EXISTS",
  );

const remove = (name: string) =>
  attempt(
    (client) => client.request("controller", deleteTopicsV6.api, [{ name }], 10_000),
    "UNKNOWN_TOPIC_OR_PARTITION",
  );

const widen = (name: string) =>
  attempt((client) =>
    client.request("controller", createPartitionsV3.api, [{ name, count: 2, assignments: null }], 10_000, true),
  );

const TOPIC = ConfigResourceTypes.TOPIC;

const settingsOf = (resourceType: typeof TOPIC | typeof ConfigResourceTypes.BROKER, resourceName: string) =>
  attempt((client) =>
    client.request(
      "any",
      describeConfigsV4.api,
      [{ resourceType, resourceName, configurationKeys: null }],
      false,
      false,
    ),
  );

const setting = (resourceType: typeof TOPIC | typeof ConfigResourceTypes.BROKER, resourceName: string, name: string) =>
  attempt((client) => {
    const configs = [{ name, configOperation: IncrementalAlterConfigOperationTypes.SET, value: "3600000" }];
    return client.request("controller", incrementalAlterConfigsV1.api, [{ resourceType, resourceName, configs }], true);
  });

const commit = (group: string, topic: string) =>
  attempt((client) => {
    const partitions = [{ partitionIndex: 0, committedOffset: 1n, committedLeaderEpoch: -1, committedMetadata: null }];
    return client.request("any", offsetCommitV8.api, group, -1, "", null, [{ name: topic, partitions }]);
  });

const describeGroup = (group: string) =>
  attempt((client) => client.request("any", describeGroupsV5.api, [group], false), "GROUP_ID_NOT_FOUND");

const deleteGroup = (group: string) =>
  attempt((client) => client.request("any", deleteGroupsV2.api, [group]), "GROUP_ID_NOT_FOUND");

const transaction = (id: string) =>
  attempt((client) => client.request("any", initProducerIdV5.api, id, 10_000, -1n, -1));

const readAcls = attempt((client) =>
  client.request("any", describeAclsV3.api, {
    resourceType: 1,
    resourceName: null,
    resourcePatternType: 1,
    principal: null,
    host: null,
    operation: 1,
    permissionType: 1,
  }),
);

const limit = attempt((client) => {
  const entities = [{ entityType: "user" as const, entityName: "somebody" }];
  const ops = [{ key: "producer_byte_rate" as const, value: 1_000, remove: false as const }];
  return client.request("controller", alterClientQuotasV1.api, [{ entities, ops }], true);
});

/** Everything that the words of a right stand for, each with what is next to it. */
export const RIGHTS: Readonly<Record<string, RightCase>> = {
  "produce to a topic": {
    right: { topic: "orders", allow: ["produce"] },
    may: hidden(write("orders")),
    mayNot: hidden(write("other")),
  },
  "produce, which is not to consume": {
    right: { topic: "orders", allow: ["produce"] },
    may: hidden(describe("orders")),
    mayNot: named(hidden(read("orders"))),
  },
  "produce to topics by a prefix": {
    right: { topicPrefix: "orders.", allow: ["produce"] },
    may: hidden(write("orders.eu")),
    mayNot: hidden(write("orders")),
  },
  "consume a topic": {
    right: { topic: "orders", allow: ["consume"] },
    may: named(hidden(read("orders"))),
    mayNot: named(hidden(read("other"))),
  },
  "consume, which is not to produce": {
    right: { topic: "orders", allow: ["consume"] },
    may: hidden(describe("orders")),
    mayNot: hidden(write("orders")),
  },
  "consume in a group": {
    right: { topic: "orders", group: "app", allow: ["consume"] },
    may: commit("app", "orders"),
    mayNot: commit("other", "orders"),
  },
  "consume in groups by a prefix": {
    right: { topic: "orders", groupPrefix: "app-", allow: ["consume"] },
    may: commit("app-1", "orders"),
    mayNot: commit("app", "orders"),
  },
  "consume everything": {
    right: { topic: "*", group: "*", allow: ["consume"] },
    may: commit("any", "other"),
    mayNot: deleteGroup("any"),
  },
  "describe a topic": {
    right: { topic: "orders", allow: ["describe"] },
    may: hidden(describe("orders")),
    mayNot: named(hidden(read("orders"))),
  },
  "create topics by a prefix": {
    right: { topicPrefix: "new.", allow: ["create"] },
    may: create("new.one"),
    mayNot: create("other.one"),
  },
  "delete a topic": {
    right: { topic: "doomed", allow: ["delete"] },
    may: remove("doomed"),
    mayNot: remove("other"),
  },
  "alter a topic": {
    right: { topic: "changed", allow: ["alter"] },
    may: widen("changed"),
    mayNot: widen("other"),
  },
  "read a topic's settings": {
    right: { topic: "orders", allow: ["describeConfigs"] },
    may: settingsOf(TOPIC, "orders"),
    mayNot: setting(TOPIC, "orders", "retention.ms"),
  },
  "change a topic's settings": {
    right: { topic: "orders", allow: ["alterConfigs"] },
    may: setting(TOPIC, "orders", "retention.ms"),
    mayNot: setting(TOPIC, "other", "retention.ms"),
  },
  "describe a group": {
    right: { group: "app", allow: ["describe"] },
    may: describeGroup("app"),
    mayNot: describeGroup("other"),
  },
  "delete a group": {
    right: { group: "app", allow: ["delete"] },
    may: deleteGroup("app"),
    mayNot: deleteGroup("other"),
  },
  "produce in transactions": {
    right: { transactionalIdPrefix: "app-", allow: ["produce"] },
    may: transaction("app-1"),
    mayNot: transaction("other"),
  },
  "create any topic": {
    right: { cluster: true, allow: ["create"] },
    may: create("new.two"),
    mayNot: remove("other"),
  },
  "read the cluster's ACLs": {
    right: { cluster: true, allow: ["describe"] },
    may: readAcls,
    mayNot: create("other.two"),
  },
  "read a broker's settings": {
    right: { cluster: true, allow: ["describeConfigs"] },
    may: settingsOf(ConfigResourceTypes.BROKER, "0"),
    mayNot: setting(ConfigResourceTypes.BROKER, "", "log.retention.ms"),
  },
  "change brokers' settings and quotas": {
    right: { cluster: true, allow: ["alterConfigs"] },
    may: setting(ConfigResourceTypes.BROKER, "", "log.retention.ms"),
    mayNot: readAcls,
  },
  "set quotas": { right: { cluster: true, allow: ["alterConfigs"] }, may: limit, mayNot: create("other.three") },
};
