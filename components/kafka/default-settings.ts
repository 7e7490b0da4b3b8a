import type { Settings } from "./settings";
import { featuresOf } from "./versions";

/** Copies of a partition where nobody says otherwise: three, or as many as there are brokers. */
export const defaultReplication = (brokers: number): number => Math.min(3, brokers);

/** Copies of a partition that must have a record before it is acknowledged: all but one, so that one broker may be away. */
export const defaultInSync = (replication: number): number => Math.max(1, replication - 1);

/**
 * A restarted broker is let in only once the session of its former life has run out, also after a clean stop, and asks for it at each heartbeat; what a killed broker
 * led stands still as long. With Kafka's own 9 s and 2 s a roll is mostly waiting for that, while a broker is back within 6 s.
 */
const RESTARTS = { "broker.heartbeat.interval.ms": 500, "broker.session.timeout.ms": 6_000 };

/** Heartbeats that fit into a session at least, so that one that is late does not end it. Kafka's own defaults are 2 s and 9 s. */
const BEATS = 3;

/**
 * The address of a pod that is gone does not answer at all, and its name soon has another. Kafka's own 10 s, and 20 s and more the next time, of waiting for a connection
 * are longer than a session: a controller that restarts would find brokers that it takes for dead.
 */
const CONNECTIONS = { "socket.connection.setup.timeout.ms": 2_000, "socket.connection.setup.timeout.max.ms": 3_000 };

/** What the defaults of settings follow from. */
export interface SettingsBasis {
  /** How the cluster keeps its metadata. */
  readonly mode: "kraft" | "zookeeper";
  /** Number of brokers. */
  readonly brokers: number;
  /** Kafka version such as `4.3.1`. */
  readonly version: string;
}

/**
 * All broker settings of a cluster: those that are written, and for the rest defaults that follow from the number of brokers and from what is written, or that replace
 * a default of Kafka which can lose data. From three brokers up they stay the same, so that scaling out or in restarts nothing. A second call changes nothing.
 *
 * Without a word of settings, three brokers keep three copies of everything and acknowledge a record (`acks=all`) once two have it; no copy that lacks acknowledged
 * records may lead; and a misspelt topic is not created.
 *
 * @param written settings that somebody chose; each wins over its default.
 */
export function withDefaultSettings({ mode, brokers, version }: SettingsBasis, written: Settings): Settings {
  const replication = defaultReplication(brokers);
  const number = (name: string, preset: number) => Number(Object.hasOwn(written, name) ? written[name] : preset);
  // Fewer copies than usual need fewer in sync; more copies do not ask for more.
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
    // As it was written, for it may be longer than JavaScript counts exactly.
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
