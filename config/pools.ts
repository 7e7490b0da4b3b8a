import type { Path } from "./problems";
import type { PlainConfig } from "./resolve";
import type { ServerKind, StorageConfig } from "./storage";

/** The servers of one kind that a stack has, with what their storage is. */
export interface ServerPool {
  readonly kind: ServerKind;
  /** Where the config says what their storage is. */
  readonly path: Path;
  /** Servers that have volumes. */
  readonly replicas: number;
  readonly storage: StorageConfig;
}

/** The part of a config that says which servers there are. */
export type PoolConfig = Pick<PlainConfig, "mode" | "replicas" | "storage" | "controllers" | "zookeeper">;

/** The pools of servers with volumes; those that the mode does not have are not among them. */
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
