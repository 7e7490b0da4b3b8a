import * as rules from "../rules/kafka";
import { configMap, kafkaSettings, statefulSet, topic, unknown } from "./builders";
import { expectations, fails, passes, waits } from "./expectations";

const unknownSettings = configMap("kafka-config", { "server.properties": unknown });
const unknownTopics = configMap("topics", { "topics.json": unknown }, "ops");

expectations(
  rules.kafkaReplicationFactorMinimum,
  fails(
    "with a default left to Kafka",
    kafkaSettings({ "default.replication.factor": undefined }),
    /ConfigMap kafka\/kafka-config: default\.replication\.factor is 1, less than 3/,
  ),
  fails(
    "with offsets on two brokers",
    kafkaSettings({ "offsets.topic.replication.factor": "2" }),
    /offsets\.topic\.replication\.factor is 2, less than 3/,
  ),
  fails("with a topic on two brokers", topic({ replicationFactor: 2 }), /topic chatroom has replication factor 2/),
  passes("with three", [kafkaSettings(), topic()]),
  passes("with as many as are configured", topic({ replicationFactor: 2 }), { minReplicationFactor: 2 }),
  passes("the settings of dedicated controllers", kafkaSettings({ "default.replication.factor": "1" }, "controller")),
  waits("the settings are unknown", [unknownSettings, unknownTopics]),
);

expectations(
  rules.kafkaTopicReplicated,
  fails("with a single replica", topic({ replicationFactor: 1 }), /topic chatroom has a single replica/),
  fails(
    "in a ConfigMap of several",
    configMap("t", { "cluster.json": '{"topics":[{"name":"a"},{"name":"b","replicationFactor":1}]}' }),
    /topic b/,
  ),
  passes("with two replicas", topic({ replicationFactor: 2 })),
  passes("with a file in another form", configMap("t", { "topics.json": "not JSON" })),
  waits("the topics are unknown", unknownTopics),
);

expectations(
  rules.kafkaMinInsyncReplicas,
  fails(
    "with all replicas in sync",
    kafkaSettings({ "min.insync.replicas": "3" }),
    /min\.insync\.replicas is 3, not 2 as default\.replication\.factor is 3/,
  ),
  fails(
    "with a topic that asks for one",
    topic({ config: { "min.insync.replicas": "1" } }),
    /topic chatroom has min\.insync\.replicas 1, not 2 as its replication factor is 3/,
  ),
  fails(
    "with a topic whose replication factor does not go with the brokers' default",
    [kafkaSettings(), topic({ replicationFactor: 5 })],
    /topic chatroom has min\.insync\.replicas 2, not 4/,
  ),
  passes("with one less", [kafkaSettings(), topic(), topic({ config: { "min.insync.replicas": 2 } })]),
  passes("a single broker", kafkaSettings({ "default.replication.factor": "1", "min.insync.replicas": "1" })),
  waits("the settings are unknown", [unknownSettings, topic(), unknownTopics]),
);

expectations(
  rules.kafkaUncleanElectionOff,
  fails("for all topics", kafkaSettings({ "unclean.leader.election.enable": "true" }), /unclean\.leader\.election/),
  fails(
    "for one topic",
    topic({ config: { "unclean.leader.election.enable": "true" } }),
    /topic chatroom sets unclean/,
  ),
  passes("when left out", kafkaSettings()),
  passes("when off", kafkaSettings({ "unclean.leader.election.enable": "false" })),
  waits("the settings are unknown", [unknownSettings, unknownTopics]),
);

expectations(
  rules.kafkaAutoCreateOff,
  fails("when on", kafkaSettings({ "auto.create.topics.enable": "true" }), /auto\.create\.topics\.enable is true$/),
  fails("when left to Kafka", kafkaSettings({ "auto.create.topics.enable": undefined }), /is true by default/),
  passes("when off", kafkaSettings()),
  passes("dedicated controllers", kafkaSettings({ "auto.create.topics.enable": undefined }, "controller")),
  waits("the settings are unknown", unknownSettings),
);

const voters = (value: string) => kafkaSettings({ "controller.quorum.voters": value });

expectations(
  rules.kafkaQuorumNotHandSet,
  fails("with roles and an id", kafkaSettings({ "process.roles": "broker", "node.id": "1" }), [
    /process\.roles is set by hand/,
    /node\.id is set by hand/,
  ]),
  fails(
    "with a voter that is no server of the stack",
    [statefulSet(), voters("0@broker-0.broker:9093,1@kafka-1.kafka:9093")],
    /the voter 1@kafka-1\.kafka:9093 is no server of the stack/,
  ),
  fails("with a voter beyond the last server", [statefulSet(), voters("3@broker-3.broker:9093")], /voter 3@broker-3/),
  passes("with voters that are the stack's servers", [statefulSet(), voters("0@broker-0.broker.kafka.svc:9093")]),
  passes("with bootstrap servers", kafkaSettings({ "controller.quorum.bootstrap.servers": "a:9093" })),
  passes("with what is allowed", kafkaSettings({ "node.id": "1" }), { forbiddenSettings: ["process.roles"] }),
  waits("the settings are unknown", unknownSettings),
  waits("the replicas are unknown", [statefulSet({ spec: { replicas: unknown } }), voters("9@broker-9.broker:9093")]),
);
