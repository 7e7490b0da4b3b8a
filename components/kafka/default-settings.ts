import type { Settings } from "./settings";
import { featuresOf } from "./versions";

/** Default replication factor: three, or as many as there are brokers. */
export const defaultReplication = (brokers: number): number => Math.min(3, brokers);

/** Default min.insync.replicas: all replicas but one, so that one broker may be away. */
export const defaultInSync = (replication: number): number => Math.max(1, replication - 1);

/**
 * A restarted broker stays fenced until its previous session expires, even after a clean stop, and asks for admission at each heartbeat. A killed
 * broker's partitions have no leader for as long. With Kafka's own 9 s and 2 s, a roll mostly waits for this, although a broker is back within 6 s.
 */
const RESTARTS = { "broker.heartbeat.interval.ms": 500, "broker.session.timeout.ms": 6_000 };

/** Minimum number of heartbeats in a session, so that a late one does not end it. Kafka's own defaults are 2 s and 9 s. */
const BEATS = 3;

/**
 * The address of a deleted pod does not answer at all, and its name soon has another. Kafka waits 10 s for a connection, and 20 s and more the next
 * time, which is longer than a session: a restarting controller would fence brokers that are running.
 */
const CONNECTIONS = { "socket.connection.setup.timeout.ms": 2_000, "socket.connection.setup.timeout.max.ms": 3_000 };

/** The basis of default settings. */
export interface SettingsBasis {
  /** Where the cluster keeps its metadata. */
  readonly mode: "kraft" | "zookeeper";
  /** Number of brokers. */
  readonly brokers: number;
  /** Kafka version such as `4.3.1`. */
  readonly version: string;
}

/**
 * All broker settings of a cluster: the written ones, and defaults for the rest. Defaults depend on the number of brokers and on written settings, or
 * replace a default of Kafka that can lose data. From three brokers up they stay the same, so that scaling restarts nothing. A second call changes
 * nothing.
 *
 * Without written settings, three brokers keep three replicas of everything and acknowledge a record (`acks=all`) once two have it; no replica that
 * lacks acknowledged records may lead; and a misspelt topic is not created.
 *
 * @param written settings that a user chose; each overrides its default.
 */
export function withDefaultSettings({ mode, brokers, version }: SettingsBasis, written: Settings): Settings {
  const replication = defaultReplication(brokers);
  const number = (name: string, preset: number) => Number(Object.hasOwn(written, name) ? written[name] : preset);
  // A lower replication factor lowers min.insync.replicas; a higher one does not raise it.
  const inSync = (factor: string) => defaultInSync(Math.min(replication, number(factor, replication) || replication));
  const internalTopics = [
    "transaction.state.log",
    ...(featuresOf(version).shareState ? ["share.coordinator.state.topic"] : []),
  ];
  const beats = BEATS * number("broker.heartbeat.interval.ms", RESTARTS["broker.heartbeat.interval.ms"]);
  const session = Math.min(2 ** 31 - 1, Math.max(RESTARTS["broker.session.timeout.ms"], beats || 0));
  const setup = written["socket.connection.setup.timeout.ms"] ?? 0;
  const longest = CONNECTIONS["socket.connection.setup.timeout.max.ms"];
  return {
    "auto.create.topics.enable": false,
    ...CONNECTIONS,
    // As written, because it may exceed JavaScript's exact numbers.
    "socket.connection.setup.timeout.max.ms": Number(setup) > longest ? setup : longest,
    ...(mode === "kraft" && { ...RESTARTS, "broker.session.timeout.ms": session }),
    "default.replication.factor": replication,
    "min.insync.replicas": inSync("default.replication.factor"),
    "offsets.topic.replication.factor": replication,
    "unclean.leader.election.enable": false,
    ...Object.fromEntries(
      internalTopics.flatMap((prefix) => [
        [`${prefix}.replication.factor`, replication],
        [`${prefix}.min.isr`, inSync(`${prefix}.replication.factor`)],
      ]),
    ),
    ...written,
  };
}
