import * as pulumi from "@pulumi/pulumi";
import { Kafka } from "kafka-stack";

const config = new pulumi.Config();
const cluster = { context: config.require("context") };

const orders = new Kafka("orders", {
  cluster,
  images: { registry: config.require("registry") },
  brokers: { replicas: 5, heap: "2g", storage: { size: "200Gi" } },
  topics: [{ name: "orders", partitions: 60 }],
});

// The same images, and a cluster of its own: other brokers, other volumes, another namespace.
const audit = new Kafka("audit", {
  cluster,
  images: orders.images,
  topics: [{ name: "audit", config: { "retention.ms": -1 } }],
});

export const ordersAddress = orders.bootstrap;
export const auditAddress = audit.bootstrap;
