import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Image, Kafka, kafkaImageSource, SecuredNamespace, servicesImageSource } from "kafka-stack";

const config = new pulumi.Config();
const registry = config.require("registry");
const version = "4.3.1";

const kubernetes = new k8s.Provider("kubernetes", {
  context: config.require("context"),
  enableServerSideApply: true,
  enableConfigMapMutable: true,
  // Claims with data outlive the stack: when it is brought up again, it takes them over.
  upsertExistingObjects: true,
});
const onCluster = { providers: [kubernetes] };
const instance = pulumi.getStack();
const { namespace } = new SecuredNamespace("events", { name: "events", instance, retain: true }, onCluster);

const address = { pushAddress: registry, pullAddress: registry };
const kafkaImage = new Image("kafka-image", {
  ...kafkaImageSource({ version, jre: "eclipse-temurin:25-jre", maven: "maven:3.9-eclipse-temurin-25" }),
  repository: "kafka",
  registry: address,
});
const opsImage = new Image("ops-image", {
  ...servicesImageSource({ node: "node:24-bookworm-slim" }),
  repository: "services",
  registry: address,
});

const kafka = new Kafka(
  "events",
  {
    namespace,
    instance,
    images: { kafka: kafkaImage.reference, services: opsImage.reference },
    version,
    settings: { "default.replication.factor": 3, "min.insync.replicas": 2, "unclean.leader.election.enable": false },
    topics: [
      { name: "orders", partitions: 24, replicationFactor: 3, config: { "retention.ms": 7 * 24 * 3600 * 1000 } },
    ],
    brokers: {
      replicas: config.requireNumber("brokers"),
      heap: "512m",
      resources: {
        requests: { cpu: "250m", memory: "768Mi", "ephemeral-storage": "256Mi" },
        limits: { memory: "1Gi", "ephemeral-storage": "256Mi" },
      },
      storage: {
        type: "storageClass",
        className: config.require("storageClass"),
        accessMode: "ReadWriteOnce",
        size: "20Gi",
        volumes: 1,
        whenScaled: "retain",
        whenDeleted: "retain",
      },
      terminationGracePeriodSeconds: 120,
    },
  },
  onCluster,
);

export const bootstrapAddress = kafka.bootstrap;
