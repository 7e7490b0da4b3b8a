import * as pulumi from "@pulumi/pulumi";
import { Kafka } from "kafka-stack";

const config = new pulumi.Config();

const events = new Kafka("events", {
  cluster: { context: config.require("context") },
  images: { registry: config.require("registry") },
  topics: [{ name: "orders", partitions: 24 }],
});

export const bootstrapAddress = events.bootstrap;
