import { type PoolConfig, type ServerPool, serverPools } from "./pools";
import { formatPath } from "./problems";
import { parseBytes } from "./quantities";
import { volumePath } from "./storage";

/** What a stack with data holds to: the part of its config that says where the data is and how it is read. */
export interface Choices {
  readonly mode: string;
  /** Kafka's cluster id, which every volume is marked with. */
  readonly clusterId: string;
  /** Whether controllers run in pods of their own; absent in mode zookeeper. */
  readonly dedicatedControllers?: boolean;
  /** Storage by the key that names it, such as `controllers.storage`. */
  readonly storage: Readonly<Record<string, StorageChoices>>;
}

/** What the storage of a pool of servers holds to. */
export interface StorageChoices {
  readonly type: string;
  readonly volumes: number;
  /** Capacity of each volume, where somebody enforces it. */
  readonly size?: string;
  readonly className?: string;
  readonly accessMode?: string;
  /** Where each volume is, by server and volume (`0/0`), on storage that names places. */
  readonly places?: Readonly<Record<string, string>>;
}

/** A value as a refusal tells it. */
type Told = string | number | boolean | undefined;

/** The choices of a config. */
export function choicesOf(config: PoolConfig, clusterId: string): Choices {
  const { mode, controllers } = config;
  return {
    mode,
    clusterId,
    ...(mode === "kraft" && { dedicatedControllers: controllers.dedicated }),
    storage: Object.fromEntries(serverPools(config).map((pool) => [formatPath(pool.path), storageOf(pool)])),
  };
}

function storageOf(pool: ServerPool): StorageChoices {
  const { type, volumes } = pool.storage;
  if (pool.storage.type !== "storageClass") return { type, volumes, places: placesOf(pool) };
  const { size, accessMode, className } = pool.storage;
  return { type, volumes, size, accessMode, ...(className !== undefined && { className }) };
}

function placesOf({ storage, replicas }: ServerPool): Record<string, string> {
  const places: Record<string, string> = {};
  for (let ordinal = 0; ordinal < replicas; ordinal++) {
    for (let volume = 0; volume < storage.volumes; volume++) {
      places[`${ordinal}/${volume}`] = placeOf(storage, ordinal, volume);
    }
  }
  return places;
}

function placeOf(storage: ServerPool["storage"], ordinal: number, volume: number): string {
  if (storage.type === "storageClass") return "";
  const [root, template] =
    storage.type === "nfs"
      ? [storage.servers[ordinal]?.server, storage.servers[ordinal]?.path]
      : [storage.nodes?.[ordinal % storage.nodes.length], storage.path];
  const path = volumePath(template ?? "", { ordinal, volume });
  return root === undefined ? path : `${root}:${path}`;
}

/** Where it says how the data of a stack is moved. */
export const MOVING_DATA = "docs/moving-data.md";

/**
 * Why a stack with data cannot go from one set of choices to another: a sentence for each that would leave data behind or lose it. None when it can.
 *
 * Servers and volumes that only one of the two has are not compared: what is added has no data, and what goes was drained before.
 */
export function refusals(before: Choices, after: Choices): string[] {
  const changed = (key: string, from: Told, to: Told, why: string): string[] =>
    from === to || from === undefined || to === undefined
      ? []
      : [`${key} cannot change from ${String(from)} to ${String(to)} on a stack that has data: ${why}`];
  const pools = Object.entries(after.storage).flatMap(([key, to]) => {
    const from = before.storage[key];
    return from ? storageRefusals(key, from, to, changed) : [];
  });
  return [
    ...changed(
      "mode",
      before.mode,
      after.mode,
      "the new cluster would not know what is on the brokers' volumes (docs/zookeeper-to-kraft.md)",
    ),
    ...changed(
      "cluster.id",
      before.clusterId,
      after.clusterId,
      "every volume is marked with the id, which follows from cluster.namespace when it is not set",
    ),
    ...changed(
      "controllers.dedicated",
      before.dedicatedControllers,
      after.dedicatedControllers,
      "the new controllers would found a cluster without topics",
    ),
    ...pools,
  ];
}

type Changed = (key: string, from: Told, to: Told, why: string) => string[];

function storageRefusals(key: string, from: StorageChoices, to: StorageChoices, changed: Changed): string[] {
  const stays = "the data would stay where it is, and the servers would start empty";
  if (from.type !== to.type) return changed(`${key}.type`, from.type, to.type, stays);
  const fewer = to.volumes < from.volumes;
  const smaller = from.size !== undefined && to.size !== undefined && bytes(to.size) < bytes(from.size);
  const moved = Object.entries(to.places ?? {}).find(([at, place]) => (from.places?.[at] ?? place) !== place);
  const [server, volume] = moved?.[0].split("/") ?? [];
  return [
    ...changed(
      `${key}.className`,
      from.className ?? "the default class",
      to.className ?? "the default class",
      "Kubernetes would make new, empty volumes",
    ),
    ...changed(`${key}.accessMode`, from.accessMode, to.accessMode, "Kubernetes would make new, empty volumes"),
    ...(fewer ? changed(`${key}.volumes`, from.volumes, to.volumes, "partitions are on all of them") : []),
    ...(smaller ? changed(`${key}.size`, from.size, to.size, "volumes grow, but never shrink") : []),
    ...(moved
      ? changed(
          `${key}: the place of volume ${volume ?? ""} of server ${server ?? ""}`,
          from.places?.[moved[0]],
          moved[1],
          stays,
        )
      : []),
  ];
}

const bytes = (size: string): number => parseBytes(size) ?? 0;
