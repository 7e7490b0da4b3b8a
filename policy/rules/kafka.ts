import { all, any, type Answer } from "../model/answer";
import { brokerSettings, declaredTopics, kafkaSettings } from "../model/kafka";
import { resourcePolicy, stackPolicy } from "../model/policy";
import { inOneNamespace, type KubernetesResource } from "../model/resource";
import { integer, list } from "../model/settings";
import { replicasOf, type Workload, workloadOf } from "../model/workload";

/** Kafka's own defaults of the replication settings. */
const replicationFactors = {
  "default.replication.factor": 1,
  "offsets.topic.replication.factor": 3,
  "share.coordinator.state.topic.replication.factor": 3,
  "transaction.state.log.replication.factor": 3,
};

/** With three replicas one can be lost while another is being restarted. */
export const kafkaReplicationFactorMinimum = resourcePolicy({
  name: "kafka-replication-factor-minimum",
  description: "Kafka keeps every record on at least the configured number of brokers.",
  severity: "high",
  remediationSteps: "Raise the replication factor of the topic, or the named setting in server.properties.",
  settings: {
    minReplicationFactor: integer(3, "The least replication factor, for topics and for the brokers' defaults.", 1),
  },
  check: (resource, report, { minReplicationFactor }) => {
    const settings = brokerSettings(resource);
    for (const [key, kafkaDefault] of settings === undefined ? [] : Object.entries(replicationFactors)) {
      const factor = Number(settings?.get(key) ?? kafkaDefault);
      if (factor < minReplicationFactor) {
        report(`${key} is ${factor}, less than ${minReplicationFactor}`);
      }
    }
    for (const { name, replicationFactor } of declaredTopics(resource)) {
      // A single replica has a policy of its own.
      if (replicationFactor !== undefined && replicationFactor > 1 && replicationFactor < minReplicationFactor) {
        report(`topic ${name} has replication factor ${replicationFactor}, less than ${minReplicationFactor}`);
      }
    }
  },
});

/** A single copy is lost with its broker's disk. */
export const kafkaTopicReplicated = resourcePolicy({
  name: "kafka-topic-replicated",
  description: "No topic keeps its records on a single broker.",
  severity: "critical",
  remediationSteps: "Raise the topic's replication factor.",
  check: (resource, report) => {
    for (const { name, replicationFactor } of declaredTopics(resource)) {
      if (replicationFactor === 1) {
        report(`topic ${name} has a single replica`);
      }
    }
  },
});

/**
 * One less than the replication factor: then an acknowledged record survives the loss of a broker, and one broker can
 * restart without stopping the writers.
 */
export const kafkaMinInsyncReplicas = stackPolicy({
  name: "kafka-min-insync-replicas",
  description: "The setting min.insync.replicas is one less than the replication factor.",
  severity: "high",
  remediationSteps: "Set min.insync.replicas to the replication factor less one, on the topic or in server.properties.",
  check: (resources, report) => {
    const clusters = resources.map((resource) => ({ resource, settings: brokerSettings(resource) }));
    for (const { resource, settings } of clusters) {
      if (settings !== undefined) {
        const factor = Number(settings.get("default.replication.factor") ?? 1);
        const insync = Number(settings.get("min.insync.replicas") ?? 1);
        if (insync !== wantedInsync(factor)) {
          report(
            resource,
            `min.insync.replicas is ${insync}, not ${wantedInsync(factor)} as default.replication.factor is ${factor}`,
          );
        }
      }
    }
    for (const resource of resources) {
      const cluster = clusters.find((other) => other.settings && inOneNamespace(other.resource, resource) === true);
      for (const { name, replicationFactor, config } of declaredTopics(resource)) {
        const insync = config["min.insync.replicas"] ?? cluster?.settings?.get("min.insync.replicas");
        const judged = replicationFactor !== undefined && replicationFactor > 1 && insync !== undefined;
        if (judged && Number(insync) !== wantedInsync(replicationFactor)) {
          const wanted = `not ${wantedInsync(replicationFactor)} as its replication factor is ${replicationFactor}`;
          report(resource, `topic ${name} has min.insync.replicas ${insync}, ${wanted}`);
        }
      }
    }
  },
});

/** An unclean leader discards acknowledged records. */
export const kafkaUncleanElectionOff = resourcePolicy({
  name: "kafka-unclean-election-off",
  description: "No replica that lags behind may become leader.",
  severity: "critical",
  remediationSteps: "Remove unclean.leader.election.enable, or set it to false.",
  check: (resource, report) => {
    if (kafkaSettings(resource)?.get("unclean.leader.election.enable") === "true") {
      report("unclean.leader.election.enable is true");
    }
    for (const { name, config } of declaredTopics(resource)) {
      if (config["unclean.leader.election.enable"] === "true") {
        report(`topic ${name} sets unclean.leader.election.enable to true`);
      }
    }
  },
});

/** A misspelt name would create a topic, possibly with a single replica. */
export const kafkaAutoCreateOff = resourcePolicy({
  name: "kafka-auto-create-off",
  description: "Brokers do not create topics on first use.",
  severity: "medium",
  remediationSteps: "Set auto.create.topics.enable=false in server.properties and declare the topics.",
  check: (resource, report) => {
    const settings = brokerSettings(resource);
    if (settings !== undefined && settings.get("auto.create.topics.enable") !== "false") {
      report(`auto.create.topics.enable is ${settings.get("auto.create.topics.enable") ?? "true by default"}`);
    }
  },
});

/** A mistake in the quorum's membership can make a second quorum. */
export const kafkaQuorumNotHandSet = stackPolicy({
  name: "kafka-quorum-not-hand-set",
  description: "Process roles, node ids and quorum voters follow from the stack's own servers.",
  severity: "critical",
  remediationSteps:
    "Remove the named settings from server.properties; make voters of the stack's own controllers only.",
  settings: {
    forbiddenSettings: list(
      ["process.roles", "node.id", "broker.id"],
      "Kafka settings that may not be in a file that several servers share.",
    ),
  },
  check: (resources, report, { forbiddenSettings }) => {
    const servers = resources.map(workloadOf).filter((workload) => workload?.resource.kind === "StatefulSet");
    for (const resource of resources) {
      const settings = kafkaSettings(resource);
      for (const setting of forbiddenSettings.filter((name) => settings?.has(name))) {
        report(resource, `${setting} is set by hand`);
      }
      for (const voter of settings?.get("controller.quorum.voters")?.split(",") ?? []) {
        const known = servers.map((workload) => workload && runsPod(workload, resource, voter));
        if (any(...known) === false) {
          report(resource, `the voter ${voter} is no server of the stack`);
        }
      }
    }
  },
});

/** Whether a voter `<id>@<pod>.<service>…:<port>` is one of a workload's pods. */
function runsPod(workload: Workload, settings: KubernetesResource, voter: string): Answer {
  const [, name, ordinal] = /^[0-9]+@(.+?)-([0-9]+)(?:\.[^:]*)?:[0-9]+$/.exec(voter.trim()) ?? [];
  const replicas = replicasOf(workload);
  return all(
    name === workload.resource.name,
    inOneNamespace(workload.resource, settings),
    replicas === undefined ? undefined : Number(ordinal) < replicas,
  );
}

function wantedInsync(replicationFactor: number): number {
  return Math.max(1, replicationFactor - 1);
}
