import type { Path } from "./problems";
import type { PlainConfig } from "./resolve";
import type { ServerKind, StorageConfig } from "./storage";

/** A kind of server in a stack, with its storage. */
export interface ServerPool {
  readonly kind: ServerKind;
  /** The config key of its storage. */
  readonly path: Path;
  /** Servers that have volumes. */
  readonly replicas: number;
  readonly storage: StorageConfig;
}

/** The part of a config that determines the servers. */
export type PoolConfig = Pick<PlainConfig, "mode" | "replicas" | "storage" | "controllers" | "zookeeper">;

/** The pools of servers with volumes that the mode has. */
export function serverPools({ mode, replicas, storage, controllers, zookeeper }: PoolConfig): ServerPool[] {
  const pools: ServerPool[] = [{ kind: "broker", path: ["storage"], replicas, storage }];
  if (mode === "zookeeper") {
    const { persistentServers, storage: own } = zookeeper;
    pools.push({ kind: "zookeeper", path: ["zookeeper", "storage"], replicas: persistentServers, storage: own });
  } else if (controllers.dedicated) {
    const { replicas: count, storage: own } = controllers;
    pools.push({ kind: "controller", path: ["controllers", "storage"], replicas: count, storage: own });
  }
  return pools;
}
