import type { AuthoritySpec } from "../certificates/exchange";
import { cleanerBuffer } from "../kafka/cleaner-buffer";
import { closedSettings } from "../kafka/closed-settings";
import { withDefaultSettings } from "../kafka/default-settings";
import { withDefaultsOfTopics, type TopicSpec } from "../kafka/default-topics";
import type { ExternalSpec } from "../kafka/external-access";
import { nodePortRange } from "../kafka/external-range";
import { idleSettings } from "../kafka/idle-settings";
import { checkTogether } from "../kafka/kafka-checks";
import type { Scope } from "../kafka/kafka-settings";
import { cordonRefusals } from "../kafka/cordon-refusals";
import { DEFAULT_VERSION } from "../kafka/quorum";
import {
  authorizer,
  metadataRelease,
  type Refused,
  refusedSetting,
  replication,
  valuelessProblem,
} from "../kafka/setting-refusals";
import type { Authentication, Settings } from "../kafka/settings";
import { topicNames, topicReplication, topicSettings } from "../kafka/topic-refusals";
import { KAFKA_VERSIONS, type KafkaVersion, type Mode } from "../kafka/versions";
import { BOUNDS, FORMS, isWithin, LEAST_RATE, mostInQuorum } from "../kubernetes/bounds";
import { isHost } from "../kubernetes/hosts";
import { SERVER_DEFAULTS } from "../kubernetes/server-defaults";
import { type Path, refusal } from "../kubernetes/problems";
import type { JobResources } from "../jobs/job-resources";
import { type ClusterSpec, DEFAULT_REPLICAS } from "./resolve";
import { Refusals } from "./refusals";
import { judgeDirectories } from "./directory-refusals";
import { judgeResources, judgeServers } from "./server-refusals";
import { whyNotOutside } from "../kafka/why-not-tls";
import { quotaRefusals, userRefusals } from "../kafka/user-refusals";

/** The checked arguments. */
export interface JudgedArguments extends ClusterSpec, AuthoritySpec {
  readonly metadataVersion?: string | undefined;
  readonly clusterId?: string | undefined;
  readonly external?: ExternalSpec | undefined;
  readonly authentication?: Authentication | undefined;
  readonly operations?:
    | {
        readonly throttle?: number | undefined;
        readonly stallSeconds?: number | undefined;
        readonly diskLimit?: number | undefined;
        readonly cordoned?: readonly number[] | undefined;
        readonly resources?: JobResources | undefined;
      }
    | undefined;
}

const SETTINGS: Path = ["settings"];

/**
 * Refuses what a stack file could not contain either: numbers of servers that make no cluster, settings that Kafka refuses or the component writes,
 * topics without brokers for their replicas.
 *
 * @throws InputPropertiesError with everything that is wrong.
 */
export function refuseBadArguments(name: string, given: JudgedArguments): void {
  const refusals = new Refusals();
  const mode: Mode = given.zookeeper === undefined ? "kraft" : "zookeeper";
  const brokers = judgeCounts(refusals, given, mode);
  const version = judgeVersion(refusals, given, mode);
  judgeDirectories(refusals, given);
  judgeRest(refusals, given, brokers);
  if (version !== undefined) judgeKafka(refusals, given, { mode, version, brokers });
  refusals.raise(`The cluster ${name}`);
}

/** @returns the number of brokers; undefined when it is refused */
function judgeCounts(refusals: Refusals, given: JudgedArguments, mode: Mode): number | undefined {
  const { brokers = {}, controllers, zookeeper } = given;
  const isNumber = typeof brokers === "number";
  const counted = isNumber
    ? refusals.whole(["brokers"], brokers, BOUNDS.brokers)
    : judgeServers(refusals, "broker", ["brokers"], brokers).counted;
  const count = counted ? (isNumber ? brokers : (brokers.replicas ?? DEFAULT_REPLICAS)) : undefined;
  if (typeof controllers === "object") {
    judgeServers(refusals, "controller", ["controllers"], controllers);
  } else if (refusals.odd(["controllers"], controllers, BOUNDS.quorum) && mode === "kraft" && count !== undefined) {
    const allowed = `at most ${mostInQuorum(count)}, with ${count} brokers, unless they are in pods of their own`;
    refusals.check(["controllers"], controllers, (number) => number <= count, allowed);
  }
  if (zookeeper) {
    const { counted: known, replicas = DEFAULT_REPLICAS } = judgeServers(
      refusals,
      "zookeeper",
      ["zookeeper"],
      zookeeper,
      zookeeper.persistentServers,
    );
    const at: Path = ["zookeeper", "persistentServers"];
    const persistent = zookeeper.persistentServers;
    if (refusals.whole(at, persistent, BOUNDS.persistentServers) && known) {
      refusals.check(at, persistent, (number) => number <= replicas, `at most ${replicas}, the number of its servers`);
    }
  }
  return count;
}

/** @returns the version; undefined when it is refused */
function judgeVersion(refusals: Refusals, { images }: JudgedArguments, mode: Mode): KafkaVersion | undefined {
  const runnable: readonly KafkaVersion[] = KAFKA_VERSIONS[mode];
  const version = images.version ?? DEFAULT_VERSION[mode];
  const found = runnable.find((one) => one === version);
  if (found === undefined) {
    refusals.say(["images", "version"], refusal(version, `in mode ${mode}: ${runnable.join(", ")}`));
  }
  return found;
}

/** @param brokers how many there shall be; undefined when that is refused */
function judgeRest(refusals: Refusals, given: JudgedArguments, brokers: number | undefined): void {
  const { clusterId, metadataVersion, external, operations } = given;
  refusals.form(["clusterId"], clusterId, FORMS.clusterId);
  refusals.form(["metadataVersion"], metadataVersion, FORMS.metadataVersion);
  if (refusals.form(["external", "host"], external?.host, FORMS.host)) {
    refusals.check(["external", "host"], external?.host, isHost, FORMS.host[1]);
  }
  const base: Path = ["external", "nodePortBase"];
  if (refusals.whole(base, external?.nodePortBase, BOUNDS.nodePort) && external && brokers !== undefined) {
    refusals.tell(nodePortRange(brokers, external.nodePortBase, base), () => external.nodePortBase);
  }
  refusals.whole(["authority"], given.authority, BOUNDS.authority);
  refusals.whole(["authorityWaitHours"], given.authorityWaitHours, BOUNDS.authorityWaitHours);
  judgeResources(refusals, ["operations", "resources"], operations?.resources);
  refusals.whole(["operations", "stallSeconds"], operations?.stallSeconds, BOUNDS.stallSeconds);
  refusals.whole(["operations", "diskLimit"], operations?.diskLimit, BOUNDS.diskLimit);
  for (const [index, id] of (operations?.cordoned ?? []).entries()) {
    refusals.whole(["operations", "cordoned", index], id, BOUNDS.ordinal);
  }
  const isRate = (bytes: number) => Number.isInteger(bytes) && bytes >= LEAST_RATE;
  refusals.check(["operations", "throttle"], operations?.throttle, isRate, `whole bytes, at least ${LEAST_RATE}`);
}

interface Basis {
  readonly mode: Mode;
  readonly version: KafkaVersion;
  /** Undefined when their number is refused. */
  readonly brokers: number | undefined;
}

/** Checks settings and topics, each by itself and then together; those that are wrong by themselves are left out of the latter. */
function judgeKafka(refusals: Refusals, given: JudgedArguments, { mode, version, brokers }: Basis): void {
  const own = rightOf(refusals, "broker", SETTINGS, given.settings ?? {}, version);
  const topics = (given.topics ?? []).map((topic, index) => rightTopic(refusals, topic, index, version));
  const basis = { mode, version, brokers: brokers ?? DEFAULT_REPLICAS };
  const settings = withDefaultSettings(basis, own);
  const valueAt = ([first, ...rest]: Path): unknown => {
    const roots: Readonly<Record<string, unknown>> = { ...given, settings };
    const root = roots[String(first)];
    return rest.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), root);
  };
  const tell = (found: Iterable<Refused>) => {
    refusals.tell(found, valueAt);
  };
  const { metadataVersion } = given;
  if (metadataVersion !== undefined && FORMS.metadataVersion[0].test(metadataVersion)) {
    tell(metadataRelease(mode, version, metadataVersion, ["metadataVersion"]));
  }
  const checked = { mode, version, settings, written: new Set(Object.keys(own)) };
  tell(checkTogether(checked).map(({ name, allowed }) => ({ at: [...SETTINGS, name], allowed })));
  tell(idleSettings(own, { mode, external: given.external !== undefined }, SETTINGS));
  tell(authorizer(mode, version, settings, SETTINGS));
  const heap = (typeof given.brokers === "object" ? given.brokers.heap : undefined) ?? SERVER_DEFAULTS.broker.heap;
  tell(cleanerBuffer(heap, own, { heap: ["brokers", "heap"], settings: SETTINGS }));
  if (given.authentication === "tls") tell(closedSettings(own, SETTINGS));
  tell(topicNames(topics));
  const users = given.users ?? [];
  const why = whyNotOutside(given.external?.authentication, { closed: given.authentication === "tls", users });
  if (why !== undefined) refusals.say(["external", "authentication"], why);
  tell(userRefusals(users, { topics: given.topics ?? [], closed: given.authentication === "tls" }));
  tell(quotaRefusals(users));
  const complete = withDefaultsOfTopics(basis, own, topics);
  tell(topicSettings(complete, settings, SETTINGS));
  const cordoned = (given.operations?.cordoned ?? []).filter((id) => isWithin(id, BOUNDS.ordinal));
  tell(
    cordonRefusals({ version, metadataVersion, brokers, cordoned, topics: complete, settings }, [
      "operations",
      "cordoned",
    ]),
  );
  if (brokers === undefined) return;
  tell(replication(brokers, settings, SETTINGS));
  tell(topicReplication(brokers, complete, settings, SETTINGS));
}

const isObject = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  typeof value === "object" && value !== null;

const isSetting = (value: unknown): boolean =>
  typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && !/[\r\n]/.test(value));

/** The settings that are valid by themselves. */
function rightOf(refusals: Refusals, scope: Scope, at: Path, settings: Settings, version: KafkaVersion): Settings {
  const right = Object.entries(settings).filter(([name, value]) => {
    const path = [...at, name];
    const sound = isSetting(value);
    const told = sound ? undefined : valuelessProblem(scope, name);
    if (!sound && told === undefined)
      refusals.check(path, value, isSetting, "text without line breaks, a number, true or false");
    if (!sound && told === undefined) return false;
    const problem = told ?? refusedSetting(scope, name, value, version);
    if (problem !== undefined) refusals.say(path, problem);
    return problem === undefined;
  });
  return Object.fromEntries(right);
}

/** A topic without the parts that are wrong by themselves. */
function rightTopic(refusals: Refusals, topic: TopicSpec, index: number, version: KafkaVersion): TopicSpec {
  const at: Path = ["topics", index];
  const { name, partitions, replicationFactor, config = {} } = topic;
  const named = refusals.form([...at, "name"], name, FORMS.topicName);
  const divided = refusals.whole([...at, "partitions"], partitions, BOUNDS.partitions);
  const copied = refusals.whole([...at, "replicationFactor"], replicationFactor, BOUNDS.replicationFactor);
  return {
    // A name that no other topic has.
    name: named ? name : ` ${index}`,
    partitions: divided ? partitions : undefined,
    replicationFactor: copied ? replicationFactor : undefined,
    config: rightOf(refusals, "topic", [...at, "config"], config, version),
  };
}
