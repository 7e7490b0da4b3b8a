import { z } from "zod";
import { DEFAULT_PARTITIONS } from "../components/kafka/default-topics";
import { KAFKA_VERSIONS, type KafkaVersion, type Mode } from "../components/kafka/versions";
import { BOUNDS, FORMS } from "../components/kubernetes/bounds";
import { isHost } from "../components/kubernetes/hosts";
import { DEFAULT_GRACE_SECONDS, SERVER_DEFAULTS } from "../components/kubernetes/server-defaults";
import { flag, heap, integer, nodePort, odd, pattern, resources } from "./values";

export type { SettingValue } from "../components/kafka/settings";
export { KAFKA_VERSIONS, type KafkaVersion, type Mode };

const SETTING = "text without line breaks, a number, true or false";

const settings = () =>
  z.record(
    z.string(),
    z.union([z.string().regex(/^[^\r\n]*$/, SETTING), z.number(), z.boolean()], SETTING),
    "a map of Kafka settings",
  );

/** The brokers. */
export const kafka = z
  .strictObject(
    {
      version: z
        .enum(KAFKA_VERSIONS.kraft, `one of ${KAFKA_VERSIONS.kraft.join(", ")}`)
        .exactOptional()
        .describe(
          `Kafka version. Default: ${KAFKA_VERSIONS.kraft[0]} in mode kraft, ${KAFKA_VERSIONS.zookeeper[0]} in mode zookeeper.`,
        ),
      metadataVersion: pattern(...FORMS.metadataVersion)
        .exactOptional()
        .describe(
          "Release whose features the cluster's metadata may use (mode kraft). Raise it in a separate change after `version`; there is no way back. Default: left as it is; a new cluster begins with that of `version`.",
        ),
      config: settings()
        .default({})
        .describe(
          "Broker settings by Kafka's own names. Settings that the stack itself makes are refused, as are unknown names and wrong types.",
        ),
      heap: heap("broker")
        .default(SERVER_DEFAULTS.broker.heap)
        .describe("JVM heap of a broker (-Xms and -Xmx), at most 75 % of the memory limit."),
      resources: resources(SERVER_DEFAULTS.broker.resources).describe("Requests and limits of a broker."),
      terminationGracePeriodSeconds: integer(...BOUNDS.graceSeconds)
        .default(DEFAULT_GRACE_SECONDS)
        .describe("Seconds for a broker's controlled shutdown before it is killed."),
      external: z
        .strictObject(
          {
            enabled: flag()
              .default(false)
              .describe("Whether clients outside the cluster can reach the brokers, through NodePorts."),
            host: pattern(...FORMS.host)
              .refine(isHost, FORMS.host[1])
              .default("localhost")
              .describe("Host name or address under which those clients reach the nodes."),
            nodePortBase: nodePort()
              .default(30100)
              .describe("NodePort of broker 0. Broker n has this plus n, the bootstrap Service this minus 1."),
            authentication: z
              .enum(["tls", "scram-sha-512"], "tls or scram-sha-512")
              .exactOptional()
              .describe(
                "What those clients are known by on a stack that is closed by certificates: certificates (tls), or passwords (scram-sha-512). Default: tls.",
              ),
          },
          "enabled, host, nodePortBase and authentication",
        )
        .prefault({})
        .describe("Access from outside the cluster."),
    },
    "a map of settings",
  )
  .prefault({});

/** KRaft controllers, without their storage. */
export const controllers = {
  dedicated: flag()
    .default(false)
    .describe("Whether controllers run in their own pods. Otherwise the first brokers are controllers too."),
  replicas: odd(...BOUNDS.quorum)
    .exactOptional()
    .describe("Number of controllers, odd. Default: 3; 1 when fewer than 3 brokers are the controllers."),
  heap: heap("controller")
    .default(SERVER_DEFAULTS.controller.heap)
    .describe("JVM heap of a dedicated controller, at most 75 % of the memory limit."),
  resources: resources(SERVER_DEFAULTS.controller.resources).describe("Requests and limits of a dedicated controller."),
};

/** The ZooKeeper ensemble, without its storage. */
export const zookeeper = {
  replicas: odd(...BOUNDS.quorum)
    .default(3)
    .describe("Servers in the ensemble, odd."),
  persistentServers: integer(...BOUNDS.persistentServers)
    .exactOptional()
    .describe(
      "Split ensemble: only this many servers, from the first, have volumes; the others lose their data with their pod. Default: all have.",
    ),
  heap: heap("zookeeper")
    .default(SERVER_DEFAULTS.zookeeper.heap)
    .describe("JVM heap of a ZooKeeper server, at most 75 % of the memory limit."),
  resources: resources(SERVER_DEFAULTS.zookeeper.resources).describe("Requests and limits of a ZooKeeper server."),
};

/** One declared topic. */
export const topic = z.strictObject(
  {
    name: pattern(...FORMS.topicName).describe("Name of the topic."),
    partitions: integer(...BOUNDS.partitions)
      .default(DEFAULT_PARTITIONS)
      .describe("Partitions. More may be added later, never fewer."),
    replicationFactor: integer(...BOUNDS.replicationFactor)
      .exactOptional()
      .describe("Copies of each partition. Default: 3, or as many as there are brokers."),
    config: settings().default({}).describe("Topic settings by Kafka's own names."),
  },
  "name, partitions, replicationFactor and config",
);
