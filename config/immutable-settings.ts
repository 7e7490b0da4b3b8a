import { featuresOf } from "../components/kafka/versions";
import { canonicalPlaceText, placeText } from "../components/storage/spelling";
import { volumesOf } from "../components/storage/plan";
import { type PoolConfig, type ServerPool, serverPools } from "./pools";
import { formatPath } from "./problems";
import { parseBytes } from "../components/kubernetes/quantities";
import type { PlainConfig } from "./resolve";

/** The immutable settings of a stack with data: the part of its config that says where the data is and how it is read. */
export interface ImmutableSettings {
  readonly mode: string;
  /** Kafka's cluster id, which marks every volume. */
  readonly clusterId: string;
  /** Whether controllers have their own pods; absent in mode zookeeper. */
  readonly dedicatedControllers?: boolean;
  /** The number of controllers and its limits; absent in mode zookeeper, and in records of older versions. */
  readonly quorum?: QuorumSettings;
  /** How clients and servers authenticate; absent when they do not. */
  readonly authentication?: string;
  /** Which authority signs certificates; absent for the first, and without certificates. */
  readonly authority?: number;
  /** Storage by its config key, such as `controllers.storage`. */
  readonly storage: Readonly<Record<string, StorageSettings>>;
}

/** The immutable part of the number of controllers. */
export interface QuorumSettings {
  readonly controllers: number;
  /** Servers that could be controllers: all brokers, or the dedicated controllers. */
  readonly servers: number;
  /** Whether controllers can join and leave a running quorum. */
  readonly changes: boolean;
}

/** The immutable part of a server pool's storage. */
export interface StorageSettings {
  readonly type: string;
  readonly volumes: number;
  /** Capacity of each volume, where something enforces it. */
  readonly size?: string;
  readonly className?: string;
  readonly accessMode?: string;
  /** Each volume's place, by server and volume (`0/0`), on storage with named places. */
  readonly places?: Readonly<Record<string, string>>;
}

/** The known immutable settings of a stack; unknown ones forbid no change. */
export type KnownSettings = Partial<Omit<ImmutableSettings, "storage">> & Pick<ImmutableSettings, "storage">;

/** The part of a config with the immutable settings. */
export type ImmutableConfig = PoolConfig & Pick<PlainConfig, "kafka" | "listeners">;

/** A value in a refusal. */
type Told = string | number | boolean | undefined;

/** The immutable settings of a config. */
export function immutableSettingsOf(config: ImmutableConfig, clusterId: string): ImmutableSettings {
  const { mode, controllers } = config;
  const { authentication, authority } = config.listeners.internal;
  return {
    mode,
    clusterId,
    ...(mode === "kraft" && { dedicatedControllers: controllers.dedicated, quorum: quorumOf(config) }),
    ...(authentication !== "none" && { authentication, ...(authority > 1 && { authority }) }),
    storage: Object.fromEntries(serverPools(config).map((pool) => [formatPath(pool.path), storageOf(pool)])),
  };
}

function quorumOf({ controllers, replicas, kafka }: ImmutableConfig): QuorumSettings {
  return {
    controllers: controllers.replicas,
    servers: controllers.dedicated ? controllers.replicas : replicas,
    changes: featuresOf(kafka.version).autoJoinsQuorum,
  };
}

function storageOf(pool: ServerPool): StorageSettings {
  const { type, volumes } = pool.storage;
  if (pool.storage.type !== "storageClass") return { type, volumes, places: placesOf(pool) };
  const { size, accessMode, className } = pool.storage;
  return { type, volumes, size, accessMode, ...(className !== undefined && { className }) };
}

function placesOf({ storage, replicas }: ServerPool): Record<string, string> {
  return Object.fromEntries(
    volumesOf(storage, replicas).map(({ ordinal, volume, place }) => [
      `${ordinal}/${volume}`,
      place ? placeText(place) : "",
    ]),
  );
}

/** The page on moving data. */
export const MOVING_DATA = "docs/moving-data.md";

/**
 * Why a stack with data cannot change from one set of immutable settings to another: a sentence for each change that would leave data behind or lose
 * it. Empty when it can.
 *
 * Servers and volumes that only one of the two has are not compared: added ones have no data, and removed ones were drained before.
 */
export function refusals(before: KnownSettings, after: ImmutableSettings): string[] {
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
      "every volume is marked with the id, which is derived from project, stack and cluster.namespace when it is not set",
    ),
    ...changed(
      "controllers.dedicated",
      before.dedicatedControllers,
      after.dedicatedControllers,
      "the new controllers would found a cluster without topics",
    ),
    ...changed(
      "listeners.internal.authentication",
      before.authentication,
      after.authentication ?? "none",
      "servers that restart one by one could not talk to those of the other kind; take the stack down, which keeps retained volumes, and bring it up with the new value (docs/security.md)",
    ),
    ...authorityRefusals(before.authority ?? 1, after, changed),
    ...quorumRefusals(before.quorum, after.quorum, changed),
    ...pools,
  ];
}

/** An authority that was replaced cannot come back; without certificates there is none. */
function authorityRefusals(from: number, { authentication, authority: to = 1 }: ImmutableSettings, changed: Changed) {
  const lower = authentication !== undefined && to < from;
  const gone = `the key of an earlier authority is deleted, so it cannot come back; leave it, or set ${from + 1} for another new one (docs/security.md)`;
  return lower ? changed("listeners.internal.authority", from, to, gone) : [];
}

/** Some numbers of controllers cannot be reached from others. */
function quorumRefusals(
  from: QuorumSettings | undefined,
  to: QuorumSettings | undefined,
  changed: Changed,
): readonly string[] {
  if (from === undefined || to === undefined) return [];
  if (!from.changes) {
    const fixed = "Kafka 3.9 keeps the controllers that the cluster was founded with; upgrade to Kafka 4 first";
    return changed("controllers.replicas", from.controllers, to.controllers, fixed);
  }
  const grows = to.controllers > from.controllers && from.servers > from.controllers;
  const running = `broker ${from.controllers} runs without the controller role, and cannot get it any more; set controllers.replicas to ${from.controllers}`;
  return grows ? changed("controllers.replicas", from.controllers, to.controllers, running) : [];
}

type Changed = (key: string, from: Told, to: Told, why: string) => string[];

function storageRefusals(key: string, from: StorageSettings, to: StorageSettings, changed: Changed): string[] {
  const stays = "the data would stay where it is, and the servers would start empty";
  if (from.type !== to.type) return changed(`${key}.type`, from.type, to.type, stays);
  const fewer = to.volumes < from.volumes;
  const smaller = from.size !== undefined && to.size !== undefined && bytes(to.size) < bytes(from.size);
  const moved = Object.entries(to.places ?? {}).find(([at, place]) => {
    const before = from.places?.[at] ?? place;
    return canonicalPlaceText(before) !== canonicalPlaceText(place);
  });
  const [server, volume] = moved?.[0].split("/") ?? [];
  return [
    ...(from.type === "storageClass"
      ? changed(
          `${key}.className`,
          from.className ?? "the default class",
          to.className ?? "the default class",
          "Kubernetes would make new, empty volumes",
        )
      : []),
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
