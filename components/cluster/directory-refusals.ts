import { BOUNDS, isWithin } from "../kubernetes/bounds";
import type { ServerKind } from "../kubernetes/server-defaults";
import { withStorageDefaults } from "../storage/default-storage";
import { type PlacedPool, sharedDirectories } from "../storage/shared-directories";
import { type ClusterSpec, DEFAULT_REPLICAS, type ServerSpec } from "./resolve";
import type { Refusals } from "./refusals";

/** Notes servers of whatever kind that would share a directory. Servers whose number is refused have none yet. */
export function judgeDirectories(refusals: Refusals, { brokers = {}, controllers, zookeeper }: ClusterSpec): void {
  const pools = [placed("broker", "brokers", typeof brokers === "number" ? { replicas: brokers } : brokers)];
  if (zookeeper) {
    const { replicas, persistentServers = replicas } = zookeeper;
    pools.push(placed("zookeeper", "zookeeper", { ...zookeeper, replicas: persistentServers }));
  } else if (typeof controllers === "object") {
    pools.push(placed("controller", "controllers", controllers));
  }
  for (const { at, sentence } of sharedDirectories(pools)) refusals.say(at, sentence);
}

function placed(kind: ServerKind, key: string, { storage: written, replicas }: ServerSpec): PlacedPool {
  const storage = withStorageDefaults(kind, written);
  const count = replicas ?? DEFAULT_REPLICAS;
  const counted = isWithin(count, BOUNDS.brokers) && isWithin(storage.volumes, BOUNDS.volumes);
  const listed = storage.type === "nfs";
  return { kind, path: [key, "storage"], replicas: counted ? count : 0, storage, listed };
}
