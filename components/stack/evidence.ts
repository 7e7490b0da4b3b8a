import type {
  V1ConfigMap,
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from "@kubernetes/client-node";
import { placeText } from "../storage/spelling";

/**
 * Whether a server ever started on a volume, so that data may be on it. `unknown` when nothing that is still there tells: it counts as started.
 */
export type Started = "yes" | "no" | "unknown";

/** A volume of the stack, as the cluster has it. */
export interface FoundVolume {
  /** Name of the StatefulSet whose server it is for. */
  readonly pool: string;
  /** Number of that server. */
  readonly ordinal: number;
  /** Number of the volume on its server. */
  readonly volume: number;
  /** Name of the claim; it may be gone while the volume is there. */
  readonly claim: string;
  /** Tells the claim from one that is made anew under its name; undefined when it is gone. */
  readonly claimUid?: string;
  /** The backend; undefined for a claim that names a volume which is gone. */
  readonly type?: "hostPath" | "nfs" | "storageClass";
  /** Where it is, as the volume spells it; on storage that names places. */
  readonly place?: string;
  /** On a StorageClass. */
  readonly className?: string;
  /** On a StorageClass. */
  readonly accessMode?: string;
  /** Capacity that was asked for and given; on a StorageClass. */
  readonly size?: {
    /** What the claim asks for. */
    readonly asked: string;
    /** What the volume has. */
    readonly given: string;
  };
  /** Whether a server ever started on it. */
  readonly started: Started;
}

/** What a cluster says of a stack. */
export interface Evidence {
  /** The choices that were recorded when everything was reached; undefined when they never were. */
  readonly reached: unknown;
  /** The volumes of its servers. */
  readonly volumes: readonly FoundVolume[];
  /** Whether there is a StatefulSet of brokers, also when their configuration is gone. */
  readonly deployed?: boolean;
  /** Controllers that the servers' configuration names, and brokers that there are; undefined when there are no servers, or no configuration of them. */
  readonly servers?: {
    /** How many controllers. */
    readonly controllers: number;
    /** How many brokers. */
    readonly brokers: number;
    /** By what clients and servers know each other, where it is not by nothing. */
    readonly authentication?: "tls";
  };
}

/** The objects that evidence is drawn from: those of the stack's namespace, the volumes that are bound to it, and the nodes. */
export interface Objects {
  /** The record of what was reached; null when there is none. */
  readonly record: V1ConfigMap | null;
  /** Configuration of the Kafka servers; null when there is none. */
  readonly configuration: V1ConfigMap | null;
  readonly claims: readonly V1PersistentVolumeClaim[];
  readonly volumes: readonly V1PersistentVolume[];
  readonly pods: readonly V1Pod[];
  readonly sets: readonly V1StatefulSet[];
  readonly nodes: readonly V1Node[];
}

/** Key of the record's ConfigMap that holds the choices as JSON. */
export const RECORD_KEY = "choices.json";

/** How long after a volume and its StatefulSet a server's pod may come and still be the first: one that came later may follow one that wrote. */
const FIRST_POD_MS = 15 * 60_000;

/** Draws evidence from objects. @throws when the record is there and does not say what was reached */
export function evidenceOf(objects: Objects): Evidence {
  const named = objects.volumes.flatMap((volume) => fromVolume(volume, objects));
  const known = new Set(named.map(({ claim }) => claim));
  const claimed = objects.claims.filter(({ metadata }) => !known.has(metadata?.name ?? "")).flatMap(fromClaim);
  const brokers = objects.sets.find(({ metadata }) => metadata?.name === "broker");
  const controllers = Number(objects.configuration?.data?.["controllers"]);
  return {
    reached: reachedOf(objects.record),
    volumes: [...named, ...claimed],
    deployed: brokers !== undefined,
    ...(brokers &&
      Number.isInteger(controllers) && {
        servers: {
          controllers,
          brokers: Math.max(brokers.spec?.replicas ?? 0, brokers.status?.replicas ?? 0),
          ...(hasTls(objects.configuration) && { authentication: "tls" }),
        },
      }),
  };
}

/** Whether servers read that their listeners have TLS. */
const hasTls = (configuration: V1ConfigMap | null): boolean =>
  /^listener\.security\.protocol\.map=.*\bCLIENT:SSL\b/m.test(configuration?.data?.["server.properties"] ?? "");

function reachedOf(record: V1ConfigMap | null): unknown {
  if (record === null) return undefined;
  const text = record.data?.[RECORD_KEY];
  if (text === undefined) {
    throw new Error(
      `the ConfigMap ${record.metadata?.name ?? ""} has no ${RECORD_KEY}: what the data is on cannot be known from it; put the key back, or delete the ConfigMap, so that the volumes alone count`,
    );
  }
  return JSON.parse(text) as unknown;
}

/** Which volume of which server a claim is for, by its name; undefined for claims of others. */
function positionOf(claim: string | undefined) {
  const [, volume, pool, ordinal] = /^data-(\d+)-(broker|controller|zookeeper)-(\d+)$/.exec(claim ?? "") ?? [];
  return claim === undefined || pool === undefined
    ? undefined
    : { claim, pool, volume: Number(volume), ordinal: Number(ordinal) };
}

/** A volume that names its place. */
function fromVolume(volume: V1PersistentVolume, objects: Objects): FoundVolume[] {
  const { claimRef, nfs, hostPath } = volume.spec ?? {};
  const position = positionOf(claimRef?.name);
  if (!position || (!nfs && !hostPath)) return [];
  const node = nodeOf(volume);
  const place = nfs
    ? placeText({ type: "nfs", server: nfs.server, path: nfs.path, mountOptions: [] })
    : placeText({ type: "hostPath", path: hostPath?.path ?? "", ...(node !== undefined && { node }) });
  const claimUid = objects.claims.find(({ metadata }) => metadata?.name === position.claim)?.metadata?.uid;
  return [
    {
      ...position,
      ...(claimUid !== undefined && { claimUid }),
      type: nfs ? "nfs" : "hostPath",
      place,
      started: startedOn(volume, position.claim, node, objects),
    },
  ];
}

function nodeOf({ spec }: V1PersistentVolume): string | undefined {
  const [term] = spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return term?.matchExpressions?.find(({ key }) => key === "kubernetes.io/hostname")?.values?.[0];
}

/** A claim of a StorageClass: until it is bound there is no volume that data could be on. */
function fromClaim({ metadata, spec, status }: V1PersistentVolumeClaim): FoundVolume[] {
  const position = positionOf(metadata?.name);
  if (!position) return [];
  const bound = (spec?.volumeName ?? "") !== "";
  if (spec?.storageClassName === "") return bound ? [{ ...position, started: "unknown" }] : [];
  const asked = spec?.resources?.requests?.["storage"];
  const accessMode = spec?.accessModes?.[0];
  return [
    {
      ...position,
      type: "storageClass",
      ...(spec?.storageClassName !== undefined && { className: spec.storageClassName }),
      ...(accessMode !== undefined && { accessMode }),
      ...(asked !== undefined && { size: { asked, given: status?.capacity?.["storage"] ?? asked } }),
      started: bound ? "yes" : "no",
    },
  ];
}

function startedOn(volume: V1PersistentVolume, claim: string, node: string | undefined, objects: Objects): Started {
  const users = objects.pods.filter((pod) => uses(pod, claim));
  if (users.some(hasStarted)) return "yes";
  const { pool, ordinal = 0 } = positionOf(claim) ?? {};
  const set = objects.sets.find(({ metadata }) => metadata?.name === pool);
  if (users.length === 0) {
    const nowhere = node !== undefined && !objects.nodes.some(({ metadata }) => metadata?.name === node);
    return nowhere || (set !== undefined && neverHad(set, ordinal, volume)) ? "no" : "unknown";
  }
  const since = Math.max(createdAt(volume), createdAt(set));
  return users.every((pod) => createdAt(pod) - since <= FIRST_POD_MS) ? "no" : "unknown";
}

/**
 * Whether a StatefulSet has had no server of an ordinal since a volume for it is there: it has fewer servers, and nobody has changed it since. So it is when what comes before the servers has
 * failed, such as the Job that makes the directories of a new one.
 */
function neverHad({ metadata, spec, status }: V1StatefulSet, ordinal: number, volume: V1PersistentVolume): boolean {
  const servers = Math.max(spec?.replicas ?? 1, status?.replicas ?? 0);
  const changes = (metadata?.managedFields ?? []).filter(({ subresource }) => subresource !== "status");
  const older = ({ time }: { readonly time?: Date }) =>
    time !== undefined && new Date(time).getTime() < createdAt(volume);
  return servers <= ordinal && changes.length > 0 && changes.every(older);
}

/** Whether a pod mounts a claim. */
export function uses({ spec }: V1Pod, claim: string): boolean {
  return (spec?.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim);
}

/** Whether a container of a pod ever started. */
export function hasStarted({ status }: V1Pod): boolean {
  return (status?.containerStatuses ?? []).some(
    ({ state, lastState, restartCount }) =>
      restartCount > 0 || [state, lastState].some((one) => one?.running !== undefined || one?.terminated !== undefined),
  );
}

const createdAt = (thing: { readonly metadata?: { readonly creationTimestamp?: Date } } | undefined): number =>
  thing?.metadata?.creationTimestamp ? new Date(thing.metadata.creationTimestamp).getTime() : 0;
