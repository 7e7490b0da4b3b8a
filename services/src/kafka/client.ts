import { type API, type Broker, type Connection, ConnectionPool, metadataV12 } from "@platformatic/kafka";
import { isRetriable, kafkaErrorName } from "./errors.js";
import { tlsOptions } from "./tls.js";

/** How to reach a cluster, and how long to wait for it. */
export interface KafkaClientOptions {
  /** `host:port` pairs; one that answers is enough. */
  readonly bootstrap: readonly Broker[];
  /** The client's name in brokers' logs and quotas. */
  readonly clientId: string;
  /** Milliseconds after which an unanswered request counts as failed and its connection is closed. @default 10000 */
  readonly requestTimeoutMs?: number;
  /** Milliseconds to establish a connection. @default 3000 */
  readonly connectTimeoutMs?: number;
  /** Concurrent requests on a connection. Brokers answer them in order. @default 64 */
  readonly maxInflights?: number;
  /** Directory with the client's certificate and the trusted authority (see `tls.ts`). @default no TLS */
  readonly tlsDirectory?: string | undefined;
}

/** A broker in the cluster's metadata. */
export interface BrokerView {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | undefined;
}

/** A partition in the cluster's metadata. `leader` is -1 while there is none. */
export interface PartitionView {
  readonly index: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

/** A topic in the cluster's metadata; partitions are in the order of their index. */
export interface TopicView {
  readonly name: string;
  readonly id: string;
  readonly internal: boolean;
  readonly partitions: readonly PartitionView[];
}

/** The cluster at one moment. Topics that do not exist are absent. */
export interface ClusterView {
  readonly clusterId: string;
  readonly controllerId: number;
  readonly brokers: ReadonlyMap<number, BrokerView>;
  readonly topics: ReadonlyMap<string, TopicView>;
}

/** The recipient of a request: any broker, the controller (with KRaft, the broker that forwards to it), or one broker by id. */
export type Target = "any" | "controller" | number;

/**
 * A thin client on the codec and connections of `@platformatic/kafka`: it routes one request to the right broker. It has no fetch sessions, consumer
 * groups or retries; callers decide what to do about a failure.
 *
 * Both supported lines (3.9 and 4.x) speak its fixed request versions.
 */
export class KafkaClient {
  readonly #bootstrap: readonly Broker[];
  readonly #pool: ConnectionPool;
  /** Brokers answer a connection's requests in order, so a long poll would hold up all others. */
  readonly #polls: ConnectionPool;
  #cluster: ClusterView | undefined;
  #closed = false;

  constructor(options: KafkaClientOptions) {
    this.#bootstrap = options.bootstrap;
    const tls = tlsOptions(options.tlsDirectory);
    const connection = {
      requestTimeout: options.requestTimeoutMs ?? 10_000,
      connectTimeout: options.connectTimeoutMs ?? 3_000,
      maxInflights: options.maxInflights ?? 64,
      ...(tls && { tls }),
    };
    this.#pool = new ConnectionPool(options.clientId, connection);
    this.#polls = new ConnectionPool(options.clientId, connection);
  }

  /** The last seen brokers and all topics requested so far, without a request. */
  get lastSeen(): ClusterView | undefined {
    return this.#cluster;
  }

  /**
   * Requests the brokers and the named topics, or every topic with `null`.
   *
   * @param from - who is asked: each broker answers with what it has heard so far
   * @throws when no broker answers, and {@link NoMetadataError}; a topic that does not exist is no error.
   */
  async metadata(topics: readonly string[] | null, from: Target = "any"): Promise<ClusterView> {
    const connection = await this.#connect(from);
    const response = await call(connection, metadataV12.api, topics === null ? null : [...topics], false, false).catch(
      (error: unknown) => {
        // An error of any topic or partition fails the whole parse, although the rest of the answer is good.
        const partial = (error as { response?: metadataV12.MetadataResponse }).response;
        if (partial === undefined) throw error;
        return partial;
      },
    );
    const view = toClusterView(response);
    if (view.brokers.size === 0 || view.controllerId < 0) throw new NoMetadataError();
    this.#cluster = topics === null ? view : withTopics(view, this.#cluster, topics);
    return view;
  }

  /**
   * Sends one request.
   *
   * @throws the library's error unchanged; it contains Kafka's codes (see `errors.ts`).
   */
  async request<A extends unknown[], R>(target: Target, api: API<A, R>, ...args: A): Promise<R> {
    return call(await this.#connect(target), api, ...args);
  }

  /** {@link request} to one broker on a separate connection, for requests that the broker may hold. */
  async poll<A extends unknown[], R>(broker: number, api: API<A, R>, ...args: A): Promise<R> {
    return call(await this.#connect(broker, this.#polls), api, ...args);
  }

  /** Closes every connection; pending requests fail. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#pool.close(), this.#polls.close()]);
  }

  async #connect(target: Target, pool = this.#pool): Promise<Connection> {
    if (this.#closed) throw new Error("The Kafka client is closed.");
    if (target === "any") return this.#pool.getFirstAvailable(this.#candidates());
    const cluster = this.#cluster ?? (await this.metadata([]));
    const id = target === "controller" ? cluster.controllerId : target;
    const broker = cluster.brokers.get(id);
    // Without a known controller, any broker's answer (NOT_CONTROLLER) says more than our own error.
    if (broker === undefined && target === "controller") return this.#pool.getFirstAvailable(this.#candidates());
    if (broker === undefined) throw new BrokerUnknownError(id);
    return pool.get(broker);
  }

  /** Known brokers come first, in random order to spread the load; the bootstrap addresses are the fallback. */
  #candidates(): Broker[] {
    const seen = [...(this.#cluster?.brokers.values() ?? [])].map(({ host, port }) => ({ host, port }));
    const start = Math.floor(Math.random() * seen.length);
    return [...seen.slice(start), ...seen.slice(0, start), ...this.#bootstrap];
  }
}

/** The last metadata does not list this broker; newer metadata may. */
export class BrokerUnknownError extends Error {
  constructor(readonly brokerId: number) {
    super(brokerId < 0 ? "The partition has no leader at the moment." : `Broker ${brokerId} is not up.`);
    this.name = "BrokerUnknownError";
  }
}

/**
 * A broker answered that has heard nothing of the cluster yet: with ZooKeeper, a broker serves before the controller has told it of brokers and topics. Its
 * answer names none, which does not mean that there are none.
 */
export class NoMetadataError extends Error {
  override readonly name = "NoMetadataError";

  constructor() {
    super("The broker that answered does not know the cluster's brokers and topics yet.");
  }
}

/** {@link isRetriable}, also for this client's own errors about missing brokers and metadata. */
export function isTransient(error: unknown): boolean {
  if (error instanceof NoMetadataError) return true;
  return error instanceof BrokerUnknownError || (isRetriable(error) && kafkaErrorName(error) !== "UNSUPPORTED_VERSION");
}

/**
 * Reads `host:port,host:port`.
 *
 * @throws when an entry is not `host:port` with a port from 1 to 65535.
 */
export function parseBootstrap(text: string): Broker[] {
  const entries = text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  if (entries.length === 0) throw new Error("The bootstrap list is empty; give host:port[,host:port…].");
  return entries.map((entry) => {
    const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(entry);
    const port = Number(match?.[3]);
    const host = match?.[1] ?? match?.[2];
    if (host === undefined || port < 1 || port > 65_535) {
      throw new Error(`"${entry}" in the bootstrap list is not host:port with a port from 1 to 65535.`);
    }
    return { host, port };
  });
}

function call<A extends unknown[], R>(connection: Connection, api: API<A, R>, ...args: A): Promise<R> {
  return api.async(connection, ...args);
}

function toClusterView(response: metadataV12.MetadataResponse): ClusterView {
  const topics = response.topics.filter((topic) => topic.name !== null && topic.errorCode === 0);
  return {
    clusterId: response.clusterId ?? "",
    controllerId: response.controllerId,
    brokers: new Map(
      response.brokers.map(({ nodeId, host, port, rack }) => [
        nodeId,
        { id: nodeId, host, port, rack: rack ?? undefined },
      ]),
    ),
    topics: new Map(topics.map((topic) => [topic.name ?? "", toTopicView(topic)])),
  };
}

/** `view`, plus the topics of `before` that it was not asked about. */
function withTopics(view: ClusterView, before: ClusterView | undefined, asked: readonly string[]): ClusterView {
  const topics = new Map(before?.topics);
  for (const name of asked) topics.delete(name);
  for (const [name, topic] of view.topics) topics.set(name, topic);
  return { ...view, topics };
}

function toTopicView(topic: metadataV12.MetadataResponseTopic): TopicView {
  const partitions = topic.partitions.map((partition) => ({
    index: partition.partitionIndex,
    leader: partition.leaderId,
    replicas: partition.replicaNodes,
    isr: partition.isrNodes,
  }));
  partitions.sort((a, b) => a.index - b.index);
  return { name: topic.name ?? "", id: topic.topicId, internal: topic.isInternal, partitions };
}
