/** A config that must be refused: its keys, the path of the single problem, and words that the error must contain. */
export type Refused = readonly [config: Record<string, unknown>, key: string, says: string];

/** NFS exports, each on a server of its own. */
export const nfs = (count: number) => Array.from({ length: count }, (_, i) => ({ server: `nfs-${i}`, path: "/kafka" }));

/** A config with settings of the brokers. */
export const settings = (config: Record<string, unknown>) => ({ kafka: { config } });

/** A config with a second topic. */
export const topic = (one: Record<string, unknown>) => ({ topics: [{ name: "chatroom" }, { name: "other", ...one }] });

/** A config whose listeners ask for certificates. */
export const closed = (more: object, authentication = "tls") => ({
  ...more,
  listeners: { internal: { authentication } },
});
