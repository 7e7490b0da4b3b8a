import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { KafkaCluster, OpsTemplate, SecuredNamespace } from "../../../../components";

/** The current names; those of the recorded state (`before`); and the current ones without aliases. */
const mode = process.env["MODE"] as "before" | "renamed" | "forgotten";

class Tools extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("example:index:Tools", name, {}, opts);
    this.registerOutputs({});
  }
}

/** Name and options of a renamed component. */
const called = (now: string, before: string, alias: pulumi.Alias = { name: before }) =>
  mode === "before"
    ? { name: before, was: {} }
    : { name: now, was: mode === "renamed" ? { aliases: [{ name: before, ...alias }] } : {} };

const providers = [new k8s.Provider("kubernetes", { enableServerSideApply: true, enableConfigMapMutable: true })];
const common = { instance: "dev", image: `registry.example.com/kafka@sha256:${"a".repeat(64)}` };

const space = called("events", "kafka");
const { namespace } = new SecuredNamespace(
  space.name,
  { ...common, name: "kafka", retain: true },
  { providers, ...space.was },
);

const cluster = called("events", "broker");
const kafka = new KafkaCluster(
  cluster.name,
  {
    ...common,
    namespace,
    version: "4.3.1",
    clusterId: "AAAAAAAAAAAAAAAAAAAAAA",
    settings: {},
    brokers: {
      replicas: 3,
      heap: "512m",
      resources: { requests: { cpu: "250m", memory: "768Mi" }, limits: { memory: "1Gi" } },
      storage: {
        type: "storageClass",
        accessMode: "ReadWriteOnce",
        size: "10Gi",
        volumes: 1,
        whenScaled: "retain",
        whenDeleted: "retain",
      },
      terminationGracePeriodSeconds: 120,
    },
    controllers: 3,
    spread: { nodes: "preferred" },
  },
  { providers, ...cluster.was },
);

// Its parent changes too: it was at the top.
const tools = mode === "before" ? undefined : new Tools("tools", { providers });
const ops = called("ops-pod", "ops", { parent: pulumi.rootStackResource });
new OpsTemplate(
  ops.name,
  { ...common, namespace, bootstrap: kafka.bootstrap },
  { ...(tools ? { parent: tools } : { providers }), ...ops.was },
);
