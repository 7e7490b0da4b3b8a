import * as pulumi from "@pulumi/pulumi";
import { Kafka } from "kafka-stack";

const config = new pulumi.Config();

// Your editor shows all arguments with their defaults. Nothing written means three copies of everything, acknowledged once two brokers have it.
const events = new Kafka("events", {
  cluster: { context: config.require("context") },
  images: { registry: config.require("registry") },
  brokers: {
    replicas: config.requireNumber("brokers"),
    storage: { size: "10Gi" },
  },
  topics: [{ name: "orders", partitions: 24 }],
});

/** What applications in the cluster's namespace connect to. */
export const bootstrapAddress = events.bootstrap;
