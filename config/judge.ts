import type { Evidence, FoundVolume } from "../components/stack/evidence";
import type { SettingsVerdict } from "../components/stack/immutable-settings-guard";
import { canonicalPlaceText } from "../components/storage/spelling";
import { type ImmutableSettings, type KnownSettings, refusals, type StorageSettings } from "./immutable-settings";
import { parseBytes } from "../components/kubernetes/quantities";

/** The config keys of each StatefulSet's storage. */
const STORAGE_KEYS: Readonly<Record<string, string>> = {
  broker: "storage",
  controller: "controllers.storage",
  zookeeper: "zookeeper.storage",
};

/**
 * Whether a stack may have the wanted immutable settings, by what exists. Data and reached settings are binding. Settings of a change that failed are
 * not, and a volume on which no server ever started may move.
 *
 * @param agreed the settings in the engine's state: the last agreed ones, reached or not.
 */
export function judge(
  evidence: Evidence,
  agreed: ImmutableSettings | undefined,
  wanted: ImmutableSettings,
): SettingsVerdict {
  const reached = evidence.reached as ImmutableSettings | undefined;
  const mayHaveData = (found: FoundVolume) => found.started !== "no" || covers(reached, found);
  const used = evidence.volumes.filter(mayHaveData);
  const unused = evidence.volumes.filter((found) => !mayHaveData(found) && isElsewhere(found, wanted));
  const respelled = [...used, ...unused].flatMap((found) => respellings(found, wanted));
  const held = reached || used.length > 0 ? heldTo(evidence, used, reached, agreed, wanted) : undefined;
  const alone = evidence.servers ? [] : comesBackAlone(used, wanted);
  return { refusals: [...(held ? refusals(held, wanted) : []), ...alone, ...respelled], unusedVolumes: unused };
}

/**
 * A server founds a quorum when every server of the config has an empty disk. A stack that comes back as one server would ask no other, so that the
 * loss of a single disk would found a new quorum beside the data of the others.
 */
function comesBackAlone(used: readonly FoundVolume[], { dedicatedControllers, quorum }: ImmutableSettings): string[] {
  if (dedicatedControllers !== false || quorum?.servers !== 1) return [];
  const others = used.filter(({ pool, ordinal, started }) => pool === "broker" && ordinal > 0 && started === "yes");
  if (others.length === 0) return [];
  const servers = Math.max(...others.map(({ ordinal }) => ordinal)) + 1;
  const claims = others.map(({ claim }) => claim).join(", ");
  return [
    `replicas cannot be 1 while the stack comes back: ${claims} of servers that it had are there, but nobody would ask these servers whether they know the cluster, so that the loss of one disk would found a new one; come back with replicas: ${servers} and scale in then, or delete these claims when nothing on them is needed`,
  ];
}

/** Whether there is data, or may be. */
export function hasData({ reached, volumes }: Evidence): boolean {
  return reached !== undefined || volumes.some(({ started }) => started !== "no");
}

/** Whether the stack was once reached with this volume. */
function covers(reached: ImmutableSettings | undefined, found: FoundVolume): boolean {
  return reached?.storage[keyOf(found)]?.places?.[at(found)] !== undefined;
}

function heldTo(
  { servers }: Evidence,
  used: readonly FoundVolume[],
  reached: ImmutableSettings | undefined,
  agreed: ImmutableSettings | undefined,
  wanted: ImmutableSettings,
): KnownSettings {
  // Agreed settings existed already, or there was no data yet: the data was made with them.
  const { mode, clusterId, dedicatedControllers, quorum } = reached ?? agreed ?? guess(used);
  const pools = [...new Set([...Object.keys(reached?.storage ?? {}), ...used.map(keyOf)])];
  const dedicated = dedicatedControllers === true;
  return {
    ...(mode !== undefined && { mode }),
    ...(clusterId !== undefined && { clusterId }),
    ...(dedicatedControllers !== undefined && { dedicatedControllers }),
    ...(reached?.authority !== undefined && { authority: reached.authority }),
    ...(servers
      ? {
          authentication: servers.authentication ?? "none",
          quorum: {
            controllers: servers.controllers,
            servers: dedicated ? servers.controllers : servers.brokers,
            changes: quorum?.changes ?? wanted.quorum?.changes ?? false,
          },
        }
      : reached?.quorum && { quorum: reached.quorum }),
    storage: Object.fromEntries(
      pools.map((key) => {
        const there = used.filter((found) => keyOf(found) === key);
        return [key, storageOf(there, reached?.storage[key], agreed?.storage[key], wanted.storage[key])];
      }),
    ),
  };
}

/** The settings that volumes reveal where neither a record nor the state has them. */
function guess(used: readonly FoundVolume[]): Partial<ImmutableSettings> {
  const pools = new Set(used.map(({ pool }) => pool));
  return pools.has("zookeeper")
    ? { mode: "zookeeper" }
    : { mode: "kraft", dedicatedControllers: pools.has("controller") };
}

function storageOf(
  there: readonly FoundVolume[],
  reached: StorageSettings | undefined,
  agreed: StorageSettings | undefined,
  wanted: StorageSettings | undefined,
): StorageSettings {
  const type = there.find((found) => found.type !== undefined)?.type ?? reached?.type ?? agreed?.type ?? "";
  const recorded = [reached, agreed].find((one) => one?.type === type);
  const volumes = there.length > 0 ? Math.max(...there.map(({ volume }) => volume)) + 1 : (reached?.volumes ?? 1);
  if (type !== "storageClass") {
    const found = there.flatMap((one) => (one.place === undefined ? [] : [[at(one), one.place]]));
    return { type, volumes, places: { ...reached?.places, ...(Object.fromEntries(found) as Record<string, string>) } };
  }
  const accessMode = there.find((one) => one.accessMode !== undefined)?.accessMode ?? recorded?.accessMode;
  const className = recorded ? recorded.className : classOf(there, wanted);
  const size = there.length > 0 ? largest(there) : reached?.size;
  return {
    type,
    volumes,
    ...(className !== undefined && { className }),
    ...(accessMode !== undefined && { accessMode }),
    ...(size !== undefined && { size }),
  };
}

/** The class of claims without a record. A config that names no class leaves claims in theirs. */
function classOf(there: readonly FoundVolume[], wanted: StorageSettings | undefined): string | undefined {
  return wanted?.className === undefined ? undefined : there.find((one) => one.className !== undefined)?.className;
}

/** The largest actual size among the requested ones: a refused growth was only requested, and a class may give more. */
function largest(there: readonly FoundVolume[]): string | undefined {
  // An unreadable size counts as the requested one.
  const bytes = (text: string) => parseBytes(text) ?? Number.POSITIVE_INFINITY;
  return there
    .flatMap(({ size }) => (size ? [bytes(size.given) < bytes(size.asked) ? size.given : size.asked] : []))
    .reduce<string | undefined>((most, size) => (most && bytes(most) >= bytes(size) ? most : size), undefined);
}

/** Whether the settings place a volume elsewhere. */
function isElsewhere(found: FoundVolume, wanted: ImmutableSettings): boolean {
  const storage = wanted.storage[keyOf(found)];
  if (storage === undefined || found.type === undefined) return false;
  if (storage.type !== found.type) return true;
  const place = storage.places?.[at(found)];
  return place !== undefined && found.place !== undefined && !isSamePlace(place, found.place);
}

/** Volumes are created in the canonical spelling, and a change of spelling alone must not recreate one. */
function respellings(found: FoundVolume, wanted: ImmutableSettings): string[] {
  const key = keyOf(found);
  const place = wanted.storage[key]?.places?.[at(found)];
  if (place === undefined || found.place === undefined) return [];
  const canonical = canonicalPlaceText(place);
  const same = isSamePlace(place, found.place);
  const right = same && place === canonical && found.place !== canonical ? found.place : canonical;
  // The same place in another spelling is left alone, unless the config uses the canonical spelling and the volume does not.
  if (same ? right === canonical : place === canonical) return [];
  return [
    `${key}: the place of volume ${found.volume} of server ${found.ordinal} is written ${place}; write it ${right}, which is the same place: in another spelling the volume would ${same ? "be recreated" : "stay where it is"}`,
  ];
}

const isSamePlace = (one: string, other: string): boolean => canonicalPlaceText(one) === canonicalPlaceText(other);
const keyOf = ({ pool }: FoundVolume): string => STORAGE_KEYS[pool] ?? pool;
const at = ({ ordinal, volume }: FoundVolume): string => `${ordinal}/${volume}`;
