/** Port of the health endpoint inside every Kafka and ZooKeeper server. */
export const HEALTH_PORT = 8080;

/** Ports of a Kafka server. */
export const KAFKA_PORTS = {
  client: 9092,
  controller: 9093,
  external: 9094,
  internal: 9095,
  scram: 9096,
  health: HEALTH_PORT,
} as const;

/** Ports of a ZooKeeper server. */
export const ZOOKEEPER_PORTS = { client: 2181, follower: 2888, election: 3888, health: HEALTH_PORT } as const;

/** Port at which every Kafka and ZooKeeper server gives its metrics, and nothing else: who is let in here can give no orders. */
export const METRICS_PORT = 9404;

/** Port of the page of the cluster, at the loopback address of its pod: only a port-forward reaches it. */
export const PAGE_PORT = 8090;

/** The variable with {@link PAGE_PORT} for the program, by which `npm run ops -- page` recognises a pod that has a page. */
export const PAGE_VARIABLE = "LAG_PAGE_PORT";

/** Ports of the two Services of the chat, as the original chat had them. */
export const CHAT_PORTS = { producer: 19092, consumer: 29092 } as const;
