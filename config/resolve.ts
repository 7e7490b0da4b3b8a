import { abilitiesOf } from "../components/kafka/versions";
import { KAFKA_VERSIONS, type KafkaVersion, type Mode, type SettingValue, topic } from "./kafka";
import type { Written } from "./schema";
import { DEFAULT_SIZE, type ServerKind, type WrittenStorage, defaultPath, resolveStorage } from "./storage";

/** Copies of a partition where nobody says otherwise: three, or as many as there are brokers. */
const defaultReplication = (brokers: number): number => Math.min(3, brokers);

/** Copies of a partition that must have a record before it is acknowledged: all but one, so that one broker may be away. */
const defaultInSync = (replication: number): number => Math.max(1, replication - 1);

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

type Settings = Readonly<Record<string, SettingValue>>;

/**
 * Broker settings that hold unless `kafka.config` says otherwise: they follow from the number of brokers and from other settings that were written, or Kafka's own
 * default can lose data. From three brokers up they stay the same, so that scaling out or in restarts nothing.
 */
function defaultSettings(
  mode: Mode,
  brokers: number,
  version: KafkaVersion,
  written: Settings,
): Record<string, SettingValue> {
  const replication = defaultReplication(brokers);
  const number = (name: string, preset: number) => Number(Object.hasOwn(written, name) ? written[name] : preset);
  // Fewer copies than usual need fewer in sync; more copies do not ask for more.
  const inSync = (factor: string) => defaultInSync(Math.min(replication, number(factor, replication) || replication));
  const internalTopics = [
    "transaction.state.log",
    ...(abilitiesOf(version).shareState ? ["share.coordinator.state.topic"] : []),
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
  };
}

function resolveKafka({ mode, replicas, kafka }: Written) {
  const version: KafkaVersion = kafka.version ?? KAFKA_VERSIONS[mode][0];
  return { ...kafka, version, config: { ...defaultSettings(mode, replicas, version, kafka.config), ...kafka.config } };
}

/**
 * The declared topics. One whose copies the brokers' default `min.insync.replicas` does not fit gets a value of its own that fits; a value that the config names is
 * never overruled.
 */
function resolveTopics({ replicas, topics, kafka }: Written, inherited: SettingValue | undefined) {
  const named = kafka.config["min.insync.replicas"] !== undefined;
  const usual = defaultInSync(defaultReplication(replicas));
  return (topics ?? [topic.parse({ name: "chatroom" })]).map((declared) => {
    const replicationFactor = declared.replicationFactor ?? defaultReplication(replicas);
    const fitting = defaultInSync(replicationFactor);
    // What brokers give to topics that are not declared may be less: a declared topic keeps what its own copies allow.
    const own = !named && Math.min(fitting, usual) !== Number(inherited);
    const config: Settings = { ...(own && { "min.insync.replicas": Math.min(fitting, usual) }), ...declared.config };
    return { ...declared, replicationFactor, config };
  });
}

/** Storage for another kind of server when none is written: the brokers' backend with a directory of its own and a size for metadata. */
function likeBrokers(brokers: WrittenStorage, kind: ServerKind, namespace: string): WrittenStorage {
  const own = { size: DEFAULT_SIZE[kind], volumes: 1 };
  return brokers.type === "hostPath"
    ? { ...brokers, ...own, path: defaultPath(kind, namespace) }
    : { ...brokers, ...own };
}

function resolveControllers({ cluster, controllers, replicas: brokers, storage: brokerStorage }: Written) {
  const replicas = controllers.replicas ?? (controllers.dedicated || brokers >= 3 ? 3 : 1);
  const written = controllers.storage ?? likeBrokers(brokerStorage, "controller", cluster.namespace);
  const use = { kind: "controller", namespace: cluster.namespace, replicas } as const;
  return { ...controllers, replicas, storage: resolveStorage(written, use) };
}

function resolveZooKeeper({ cluster, zookeeper, storage: brokerStorage }: Written) {
  const { replicas } = zookeeper;
  const written = zookeeper.storage ?? likeBrokers(brokerStorage, "zookeeper", cluster.namespace);
  return {
    ...zookeeper,
    persistentServers: zookeeper.persistentServers ?? replicas,
    storage: resolveStorage(written, { kind: "zookeeper", namespace: cluster.namespace, replicas }),
  };
}

function resolveRegistry({ registry }: Written) {
  const pushAddress = registry.pushAddress ?? `localhost:${registry.nodePort}`;
  return { ...registry, pushAddress, pullAddress: registry.pullAddress ?? pushAddress };
}

function resolveChat({ kchat }: Written, topics: readonly { name: string }[]) {
  const names = topics.map(({ name }) => name);
  const { autoscaling, ...rest } = kchat;
  return {
    ...rest,
    rooms: kchat.rooms ?? (names.includes("chatroom") ? ["chatroom"] : names),
    ...(autoscaling && { autoscaling: { ...autoscaling, ...podsOf(autoscaling) } }),
  };
}

/** Fewest and most pods: what is not written gives way to what is. */
function podsOf({ min, max }: { readonly min?: number; readonly max?: number }): { min: number; max: number } {
  return { min: min ?? Math.min(2, max ?? 2), max: max ?? Math.max(10, min ?? 10) };
}

/** Fills in the defaults that follow from other keys. */
export function resolve(written: Written) {
  const kafka = resolveKafka(written);
  const topics = resolveTopics(written, kafka.config["min.insync.replicas"]);
  return {
    ...written,
    storage: resolveStorage(written.storage, {
      kind: "broker",
      namespace: written.cluster.namespace,
      replicas: written.replicas,
    }),
    kafka,
    controllers: resolveControllers(written),
    zookeeper: resolveZooKeeper(written),
    topics,
    registry: resolveRegistry(written),
    kchat: resolveChat(written, topics),
  };
}

/** The stack config with every default filled in; its secrets are plain text. */
export type PlainConfig = ReturnType<typeof resolve>;
