import { z } from "zod";
import { DEFAULT_PARTITIONS } from "../components/kafka/default-topics";
import { DEFAULT_VERSION } from "../components/kafka/quorum";
import { DEFAULT_GRACE_SECONDS, SERVER_DEFAULTS } from "../components/kubernetes/server-defaults";
import { flag, heap, integer, isHost, nodePort, odd, pattern, resources } from "./values";

/** Kafka versions that a stack may run, by mode, the default first. 3.9 is the last line with ZooKeeper. */
export const KAFKA_VERSIONS = {
  kraft: [DEFAULT_VERSION.kraft, "4.2.1", "3.9.2"],
  zookeeper: [DEFAULT_VERSION.zookeeper],
} as const;

/** How Kafka keeps its metadata: by itself (`kraft`) or in a ZooKeeper ensemble. */
export type Mode = keyof typeof KAFKA_VERSIONS;

/** A Kafka version that a stack may run. */
export type KafkaVersion = (typeof KAFKA_VERSIONS)[Mode][number];

const REACHABLE = "a host name or address that clients can connect to";

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
      metadataVersion: pattern(/^\d+\.\d+(-IV\d+)?$/, "a metadata version such as 4.2 or 4.3-IV0")
        .exactOptional()
        .describe(
          "Release whose features the cluster's metadata may use (mode kraft). Raise it in a change of its own after `version`; there is no way back. Default: left as it is; a new cluster begins with that of `version`.",
        ),
      config: settings()
        .default({})
        .describe(
          "Broker settings by Kafka's own names. The stack's own are refused, as are unknown names and wrong types.",
        ),
      heap: heap()
        .default(SERVER_DEFAULTS.broker.heap)
        .describe("JVM heap of a broker (-Xms and -Xmx), at most 75 % of the memory limit."),
      resources: resources(SERVER_DEFAULTS.broker.resources).describe("Requests and limits of a broker."),
      terminationGracePeriodSeconds: integer(30, 3600)
        .default(DEFAULT_GRACE_SECONDS)
        .describe("Seconds that a broker has for its controlled shutdown before it is killed."),
      external: z
        .strictObject(
          {
            enabled: flag()
              .default(false)
              .describe("Whether clients outside the cluster can reach the brokers, by NodePorts."),
            host: pattern(/^[A-Za-z0-9.:-]+$/, REACHABLE)
              .refine(isHost, REACHABLE)
              .default("localhost")
              .describe("Host name or address under which those clients reach the nodes."),
            nodePortBase: nodePort()
              .default(30100)
              .describe("NodePort of broker 0. Broker n has this plus n, the bootstrap Service this minus 1."),
          },
          "enabled, host and nodePortBase",
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
    .describe("Whether controllers run in pods of their own. Otherwise the first brokers are controllers too."),
  replicas: odd(1, 9)
    .exactOptional()
    .describe("Number of controllers, odd. Default: 3; 1 when fewer than 3 brokers are the controllers."),
  heap: heap()
    .default(SERVER_DEFAULTS.controller.heap)
    .describe("JVM heap of a dedicated controller, at most 75 % of the memory limit."),
  resources: resources(SERVER_DEFAULTS.controller.resources).describe("Requests and limits of a dedicated controller."),
};

/** The ZooKeeper ensemble, without its storage. */
export const zookeeper = {
  replicas: odd(1, 9).default(3).describe("Servers in the ensemble, odd."),
  persistentServers: integer(1, 9)
    .exactOptional()
    .describe(
      "Split ensemble: only so many servers, from the first, have volumes; the others lose their data with their pod. Default: all have.",
    ),
  heap: heap()
    .default(SERVER_DEFAULTS.zookeeper.heap)
    .describe("JVM heap of a ZooKeeper server, at most 75 % of the memory limit."),
  resources: resources(SERVER_DEFAULTS.zookeeper.resources).describe("Requests and limits of a ZooKeeper server."),
};

/** One declared topic. */
export const topic = z.strictObject(
  {
    name: pattern(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/, "1 to 249 of the characters A-Z a-z 0-9 . _ -").describe(
      "Name of the topic.",
    ),
    partitions: integer(1, 100_000)
      .default(DEFAULT_PARTITIONS)
      .describe("Partitions. More may be added later, never fewer."),
    replicationFactor: integer(1, 1000)
      .exactOptional()
      .describe("Copies of each partition. Default: 3, or as many as there are brokers."),
    config: settings().default({}).describe("Topic settings by Kafka's own names."),
  },
  "name, partitions, replicationFactor and config",
);

/** Value of a Kafka setting. */
export type SettingValue = string | number | boolean;
