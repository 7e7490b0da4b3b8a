import { mostInQuorum } from "../../components/kubernetes/bounds";
import { cordonRefusals } from "../../components/kafka/cordon-refusals";
import { metadataRelease } from "../../components/kafka/setting-refusals";
import { KAFKA_VERSIONS } from "../kafka";
import { type Problem, valueAt } from "../problems";
import { type Rule, type Subject, complain, refuse, told } from "./rule";

function* version(subject: Subject): Iterable<Problem> {
  const { mode, kafka } = subject.config;
  const runnable: readonly string[] = KAFKA_VERSIONS[mode];
  if (!runnable.includes(kafka.version)) {
    yield refuse(subject, ["kafka", "version"], `in mode ${mode}: ${runnable.join(", ")}`);
  }
}

const metadataVersion: Rule["check"] = (subject) => {
  const { mode, kafka } = subject.config;
  const written = kafka.metadataVersion;
  return written === undefined
    ? []
    : told(subject, metadataRelease(mode, kafka.version, written, ["kafka", "metadataVersion"]));
};

const cordoned: Rule["check"] = (subject) => {
  const { replicas, kafka, topics, operations } = subject.config;
  const { version, metadataVersion } = kafka;
  const cluster = { version, metadataVersion, brokers: replicas, topics, settings: kafka.config };
  return told(subject, cordonRefusals({ ...cluster, cordoned: operations.cordoned }, ["operations", "cordoned"]));
};

function* controllers(subject: Subject): Iterable<Problem> {
  const { written, config } = subject;
  const { dedicated, replicas } = config.controllers;
  if (config.mode === "zookeeper") {
    if (dedicated)
      yield refuse(
        subject,
        ["controllers", "dedicated"],
        "false in mode zookeeper, where brokers elect the controller",
      );
    return;
  }
  if (dedicated) return;
  if (replicas > config.replicas) {
    yield refuse(
      subject,
      ["controllers", "replicas"],
      `at most ${mostInQuorum(config.replicas)}, with ${config.replicas} brokers, unless controllers.dedicated is true`,
    );
  }
  if (written.controllers.storage) {
    yield complain(
      ["controllers", "storage"],
      "has no effect unless controllers.dedicated is true: brokers that are controllers keep the metadata on their own volumes",
    );
  }
}

function* ensemble(subject: Subject): Iterable<Problem> {
  const { replicas, persistentServers } = subject.config.zookeeper;
  if (persistentServers > replicas) {
    yield refuse(subject, ["zookeeper", "persistentServers"], `at most ${replicas}, the number of ZooKeeper servers`);
  }
}

function* namespace(subject: Subject): Iterable<Problem> {
  const { namespace: name } = subject.config.cluster;
  if (name === "default" || name.startsWith("kube-")) {
    yield refuse(
      subject,
      ["cluster", "namespace"],
      "a namespace that the stack may own, which default and kube-* are not",
    );
  }
}

function* zoneLabel({ raw, config }: Subject): Iterable<Problem> {
  // As written, because the default has no effect either and is no problem.
  if (!config.scheduling.zones && valueAt(raw, ["scheduling", "zoneLabel"]) !== undefined) {
    yield complain(["scheduling", "zoneLabel"], "has no effect unless scheduling.zones is true");
  }
}

/** Modes, versions and roles of the servers. */
export const kafkaRules: readonly Rule[] = [
  { reads: [["mode"], ["kafka", "version"]], check: version },
  { reads: [["mode"], ["kafka", "version"], ["kafka", "metadataVersion"]], check: metadataVersion },
  {
    reads: [
      ...[["mode"], ["kafka", "version"], ["kafka", "metadataVersion"], ["kafka", "config"]],
      ...[["replicas"], ["topics"], ["operations", "cordoned"]],
    ],
    check: cordoned,
  },
  { reads: [["mode"], ["replicas"], ["controllers", "dedicated"], ["controllers", "replicas"]], check: controllers },
  {
    reads: [
      ["zookeeper", "replicas"],
      ["zookeeper", "persistentServers"],
    ],
    check: ensemble,
  },
  { reads: [["cluster", "namespace"]], check: namespace },
  { reads: [["scheduling"]], check: zoneLabel },
];
