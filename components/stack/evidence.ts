import type {
  V1ConfigMap,
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from "@kubernetes/client-node";
import { hasStarted, uses } from "../kubernetes/pod-state";
import { placeText } from "../storage/spelling";

/** Whether a server ever started on a volume, so that data may be on it. `unknown`, when no existing object tells, counts as started. */
export type Started = "yes" | "no" | "unknown";

/** An existing volume of the stack. */
export interface FoundVolume {
  /** Name of its server's StatefulSet. */
  readonly pool: string;
  /** Ordinal of that server. */
  readonly ordinal: number;
  /** Number of the volume on its server. */
  readonly volume: number;
  /** Name of the claim, which may be gone although the volume exists. */
  readonly claim: string;
  /** Distinguishes the claim from a recreated one; undefined when it is gone. */
  readonly claimUid?: string;
  /** The backend; undefined for a claim whose volume is gone. */
  readonly type?: "hostPath" | "nfs" | "storageClass";
  /** Its place, as the volume spells it; on storage with named places. */
  readonly place?: string;
  /** On a StorageClass. */
  readonly className?: string;
  /** On a StorageClass. */
  readonly accessMode?: string;
  /** Requested and actual capacity; on a StorageClass. */
  readonly size?: {
    /** The claim's request. */
    readonly asked: string;
    /** The volume's capacity. */
    readonly given: string;
  };
  /** Whether a server ever started on it. */
  readonly started: Started;
}

/** A cluster's evidence about a stack. */
export interface Evidence {
  /** The immutable settings that were recorded when they were reached; undefined when they never were. */
  readonly reached: unknown;
  /** The volumes of its servers. */
  readonly volumes: readonly FoundVolume[];
  /** Whether there is a StatefulSet of brokers, even without its configuration. */
  readonly deployed?: boolean;
  /** The servers; undefined when there are none, or their configuration is gone. */
  readonly servers?: {
    /** Number of controllers in the servers' configuration. */
    readonly controllers: number;
    /** Number of existing brokers. */
    readonly brokers: number;
    /** How clients and servers authenticate; absent when they do not. */
    readonly authentication?: "tls";
  };
}

/** The sources of evidence: objects of the stack's namespace, volumes bound to it, and nodes. */
export interface Objects {
  /** The record of reached settings; null when there is none. */
  readonly record: V1ConfigMap | null;
  /** Configuration of the Kafka servers; null when there is none. */
  readonly configuration: V1ConfigMap | null;
  readonly claims: readonly V1PersistentVolumeClaim[];
  readonly volumes: readonly V1PersistentVolume[];
  readonly pods: readonly V1Pod[];
  readonly sets: readonly V1StatefulSet[];
  readonly nodes: readonly V1Node[];
}

/** Key of the record's ConfigMap with the settings as JSON. */
export const RECORD_KEY = "choices.json";

/**
 * How long after a volume and its StatefulSet a server's pod may be created and still be the first, in milliseconds: a later pod may follow one that
 * wrote.
 */
const FIRST_POD_MS = 15 * 60_000;

/** Draws evidence from objects. @throws when the record exists and cannot be read */
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

/** Whether the servers' configuration has TLS on their listeners. */
const hasTls = (configuration: V1ConfigMap | null): boolean =>
  /^listener\.security\.protocol\.map=.*\bCLIENT:SSL\b/m.test(configuration?.data?.["server.properties"] ?? "");

function reachedOf(record: V1ConfigMap | null): unknown {
  if (record === null) return undefined;
  const text = record.data?.[RECORD_KEY];
  if (text === undefined) {
    throw new Error(
      `the ConfigMap ${record.metadata?.name ?? ""} has no ${RECORD_KEY}: it does not say what settings the data was made with; put the key back, or delete the ConfigMap, so that the volumes alone count`,
    );
  }
  return JSON.parse(text) as unknown;
}

/** The volume and server that a claim's name stands for; undefined for other claims. */
function positionOf(claim: string | undefined) {
  const [, volume, pool, ordinal] = /^data-(\d+)-(broker|controller|zookeeper)-(\d+)$/.exec(claim ?? "") ?? [];
  return claim === undefined || pool === undefined
    ? undefined
    : { claim, pool, volume: Number(volume), ordinal: Number(ordinal) };
}

/** A volume with a named place. */
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

/** A claim of a StorageClass. An unbound one has no volume that could contain data. */
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
 * Whether a StatefulSet has had no server of an ordinal since the ordinal's volume exists: it wants fewer servers and has not changed since. This
 * happens when something before the servers failed, such as the Job that creates a new server's directories.
 */
function neverHad({ metadata, spec, status }: V1StatefulSet, ordinal: number, volume: V1PersistentVolume): boolean {
  const servers = Math.max(spec?.replicas ?? 1, status?.replicas ?? 0);
  const changes = (metadata?.managedFields ?? []).filter(({ subresource }) => subresource !== "status");
  const older = ({ time }: { readonly time?: Date }) =>
    time !== undefined && new Date(time).getTime() < createdAt(volume);
  return servers <= ordinal && changes.length > 0 && changes.every(older);
}

const createdAt = (thing: { readonly metadata?: { readonly creationTimestamp?: Date } } | undefined): number =>
  thing?.metadata?.creationTimestamp ? new Date(thing.metadata.creationTimestamp).getTime() : 0;
