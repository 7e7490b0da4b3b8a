import { createHash } from "node:crypto";

/**
 * Settings of all servers of all ensembles. Members are not included: servers agree on them by reconfiguration, so that a changed number restarts
 * none.
 *
 * @see https://zookeeper.apache.org/doc/r3.8.4/zookeeperAdmin.html#sc_configuration
 */
const SETTINGS = {
  // One tick is 2 s: a server may take 20 s to connect and copy the data, and fall 10 s behind.
  tickTime: 2000,
  initLimit: 10,
  syncLimit: 5,
  // An empty server does not vote unless it founds the ensemble, because it may have lost its part of an agreement.
  "db.autocreate": false,
  // Even a single server is an ensemble, which can grow.
  standaloneEnabled: false,
  reconfigEnabled: true,
  // Members change only through port 2181, which the NetworkPolicy opens only to Kafka and the stack's own Jobs.
  skipACL: "yes",
  // A server's own name may not resolve yet when it starts.
  quorumListenOnAllIPs: true,
  // Kafka's metadata is small: logs grow by 16 MiB instead of 64, and only the last three snapshots and their logs are kept.
  preAllocSize: 16384,
  snapCount: 20000,
  "autopurge.snapRetainCount": 3,
  "autopurge.purgeInterval": 1,
  "4lw.commands.whitelist": "srvr,ruok,mntr",
  "admin.enableServer": false,
} as const;

/** The file `zoo.cfg` without data directory and members. */
export const zooCfg: string = Object.entries(SETTINGS)
  .map(([key, value]) => `${key}=${value}\n`)
  .sort()
  .join("");

/** A hash of the settings, which the servers carry so that they roll when it changes. */
export const restartHash: string = createHash("sha256").update(zooCfg).digest("hex").slice(0, 16);
