import type { Path } from "../kubernetes/problems";
import { isSecretSetting, type Scope, SECRET, settingProblem } from "./kafka-settings";
import { ownedSettings } from "./owned-settings";
import type { Settings, SettingValue } from "./settings";
import { featuresOf, FIRST_METADATA, isBefore, type KafkaVersion, type Mode, releaseOf } from "./versions";

/** What a value may be instead, or a separate sentence, with the key. */
export type Refused = { readonly at: Path } & ({ readonly allowed: string } | { readonly sentence: string });

/** The problem that a setting has with whatever value, or undefined: the stack writes it, or it is a secret. */
export function valuelessProblem(scope: Scope, name: string): string | undefined {
  if (Object.hasOwn(ownedSettings[scope], name)) return ownedSettings[scope][name];
  return isSecretSetting(name) ? SECRET : undefined;
}

/** The problem of a single setting, or undefined: the stack writes it, or Kafka refuses it. */
export function refusedSetting(
  scope: Scope,
  name: string,
  value: SettingValue,
  version: KafkaVersion,
): string | undefined {
  const owned = ownedSettings[scope];
  return Object.hasOwn(owned, name) ? owned[name] : settingProblem(scope, name, value, version);
}

/** Whether the authorizer fits where the cluster keeps its metadata. */
export function* authorizer(mode: Mode, version: KafkaVersion, settings: Settings, at: Path): Iterable<Refused> {
  const name = String(settings["authorizer.class.name"] ?? "").trim();
  const refused = { at: [...at, "authorizer.class.name"] };
  if (mode === "kraft" && name === "kafka.security.authorizer.AclAuthorizer" && !featuresOf(version).onlyKraft) {
    const why = "this one keeps its rules in ZooKeeper, which mode kraft does not have";
    yield { ...refused, allowed: `org.apache.kafka.metadata.authorizer.StandardAuthorizer: ${why}` };
  }
  if (mode === "zookeeper" && name === "org.apache.kafka.metadata.authorizer.StandardAuthorizer") {
    const why = "this one keeps its rules in KRaft's metadata, which mode zookeeper does not have";
    yield { ...refused, allowed: `kafka.security.authorizer.AclAuthorizer: ${why}` };
  }
}

/** Broker settings for a topic's replication factor, each with the one for its min.insync.replicas. */
const INTERNAL = [
  ["default.replication.factor", "min.insync.replicas"],
  ["offsets.topic.replication.factor", undefined],
  ["transaction.state.log.replication.factor", "transaction.state.log.min.isr"],
  ["share.coordinator.state.topic.replication.factor", "share.coordinator.state.topic.min.isr"],
] as const;

/** Broker settings that each give the replication factor of topics. */
export const FACTORS = INTERNAL.map(([factor]) => factor);

/** A setting as a number; NaN when it is not set. */
export const asNumber = (value: SettingValue | undefined): number =>
  value === undefined || value === "" ? NaN : Number(value);

/** Whether min.insync.replicas is too high for a replication factor: if all replicas were required, no broker could ever restart. */
export const tooMany = (inSync: number, copies: number): boolean =>
  inSync >= copies && copies > 1 ? true : inSync > copies;

/** The values of min.insync.replicas that fit a replication factor. */
export const fewer = (copies: number): string => (copies <= 2 ? "1" : `from 1 to ${copies - 1}`);

/** Whether there are brokers for the replication factors in the settings. */
export function* replication(brokers: number, settings: Settings, at: Path): Iterable<Refused> {
  for (const [factor, inSync] of INTERNAL) {
    const copies = asNumber(settings[factor]);
    if (copies > brokers) {
      yield { at: [...at, factor], allowed: `at most ${brokers}, the number of brokers (replicas)` };
    } else if (inSync !== undefined && tooMany(asNumber(settings[inSync]), copies)) {
      yield { at: [...at, inSync], allowed: `${fewer(copies)}, fewer than the ${copies} copies of ${factor}` };
    }
  }
}

/** Whether the cluster's metadata can be of a release. */
export function* metadataRelease(mode: Mode, version: KafkaVersion, written: string, at: Path): Iterable<Refused> {
  if (mode === "zookeeper") {
    yield { at, sentence: "is for mode kraft; with ZooKeeper the protocol follows kafka.version" };
    return;
  }
  const wrong = isBefore(version, written) || isBefore(written, FIRST_METADATA);
  if (wrong) yield { at, allowed: `from ${FIRST_METADATA} to ${releaseOf(version)}, what Kafka ${version} has` };
}
