import * as pulumi from "@pulumi/pulumi";
import { Kafka } from "kafka-stack";

const config = new pulumi.Config();

const events = new Kafka("events", {
  cluster: { context: config.require("context") },
  images: { kafka: config.require("kafkaImage"), services: config.require("servicesImage"), version: "4.3.1" },
});

export const bootstrapAddress = events.bootstrap;
