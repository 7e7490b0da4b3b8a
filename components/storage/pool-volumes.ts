import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { fixedName, labels, metadata, type Role, type Scope } from "../kubernetes/scope";
import { skipAwait } from "../kubernetes/await-annotations";
import { VolumeDirectories } from "./directories";
import { DELETED_WHEN_SCALED, deletesLeft } from "./left-claims";
import { planVolumes, type Place, type PlannedVolume, type PoolStorage } from "./plan";
import { freeingHook } from "./released";
import { orphanedClaimHook } from "./orphaned-claims";
import { unboundHook } from "./unbound";

export interface PoolVolumesArgs extends Scope {
  /** Name of the StatefulSet. */
  readonly pool: string;
  readonly role: Role;
  /** Servers that have volumes. */
  readonly replicas: number;
  readonly storage: PoolStorage;
  /** User and group that own the data. */
  readonly uid: number;
  /** How to create the directories of hostPath volumes; only such storage needs it. */
  readonly directories?: DirectoryTools | undefined;
  /** Provider for claims that outlive the stack: it must adopt existing objects (`upsertExistingObjects`). @default the inherited one */
  readonly adopting?: k8s.Provider | undefined;
  /**
   * The provider's cluster, in which the stack makes way for new claims: it frees `Released` volumes of hostPath and NFS, and deletes unbound claims
   * of a StorageClass that request something else. @default nothing is done
   */
  readonly cluster?: ClusterAccess | undefined;
}

/** What creates directories on nodes. */
export interface DirectoryTools {
  /** Namespace that allows hostPath volumes and root. */
  readonly namespace: pulumi.Input<string>;
  /** Image with bash and coreutils. */
  readonly image: pulumi.Input<string>;
  /** Name of the Secret of that namespace with which the image is pulled. @default none */
  readonly pullSecret?: pulumi.Input<string> | undefined;
}

/**
 * The volumes and claims of a pool. The stack owns each claim, so that it can be retained, adopted again, or grown; a StatefulSet's own claim
 * template allows none of these. The template only names the claims.
 */
export class PoolVolumes extends pulumi.ComponentResource {
  /** A server's pod must wait for these. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: PoolVolumesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:storage:PoolVolumes", name, {}, opts);
    const planned = planVolumes(args.pool, args.replicas, args.storage);
    const hookOf = args.storage.type === "storageClass" ? unboundHook : freeingHook;
    const hook = args.cluster && hookOf(`${name}-freeing`, args.cluster);
    const claims = planned.map((volume) =>
      this.claim(`${name}-${volume.ordinal}-${volume.volume}`, args, volume, hook),
    );
    this.ready = [...claims, ...this.directories(name, args, planned)];
    this.registerOutputs({});
  }

  private claim(
    name: string,
    args: PoolVolumesArgs,
    volume: PlannedVolume,
    hook: pulumi.ResourceHook | undefined,
  ): k8s.core.v1.PersistentVolumeClaim {
    const { storage } = args;
    const pv = volume.place && this.persistentVolume(name, args, volume, volume.place);
    // `LeftClaims` deletes the claims of a scale-in.
    const retain = storage.type === "storageClass" && storage.whenDeleted === "retain";
    const className = storage.type === "storageClass" ? storage.className : "";
    return new k8s.core.v1.PersistentVolumeClaim(
      `${name}-claim`,
      {
        metadata: metadata(
          args,
          args.role,
          volume.claim,
          pv ? undefined : { ...skipAwait, ...(deletesLeft(storage) && DELETED_WHEN_SCALED) },
        ),
        spec: {
          accessModes: [storage.type === "storageClass" ? storage.accessMode : "ReadWriteOnce"],
          ...(className !== undefined && { storageClassName: className }),
          resources: { requests: { storage: storage.size } },
          // By its name as text: recreating the volume at another place must not recreate the claim, which a pod may hold.
          ...(pv && { volumeName: volumeName(args, volume) }),
        },
      },
      {
        ...fixedName(this),
        ...(pv && { dependsOn: pv }),
        retainOnDelete: retain,
        // Never by a setting that may change: Pulumi replaces objects whose provider changes.
        ...(!pv && args.adopting && { provider: args.adopting }),
        // Kubernetes lets only claims of a StorageClass grow. Nothing enforces the size of other claims; their volume's size follows the config. A
        // claim that a StatefulSet created in place of a deleted one names its volume only once it is bound, which is no reason to recreate it under
        // its pod.
        ...(pv && { ignoreChanges: ["spec.resources.requests.storage", "spec.volumeName"] }),
        ...(hook && { hooks: { beforeCreate: [hook] } }),
      },
    );
  }

  private persistentVolume(name: string, args: PoolVolumesArgs, volume: PlannedVolume, place: Place) {
    return new k8s.core.v1.PersistentVolume(
      `${name}-volume`,
      {
        metadata: {
          name: volumeName(args, volume),
          labels: labels(args.instance, args.role),
        },
        spec: {
          capacity: { storage: args.storage.size },
          accessModes: ["ReadWriteOnce"],
          persistentVolumeReclaimPolicy: "Retain",
          storageClassName: "",
          claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: args.namespace, name: volume.claim },
          ...source(place),
        },
      },
      {
        // A volume's place is immutable; its data stays there when the object is recreated.
        ...fixedName(this),
        ...(args.cluster && { hooks: { beforeCreate: [orphanedClaimHook(`${name}-stray`, args.cluster)] } }),
        // Earlier versions created volumes in the config's spelling. Another spelling of the same place must not recreate the volume. The config
        // refuses another place in a non-canonical spelling (config/judge.ts), because it would not reach the volume.
        ...(volume.respelled && { ignoreChanges: ["spec.nfs", "spec.hostPath"] }),
      },
    );
  }

  private directories(name: string, args: PoolVolumesArgs, planned: readonly PlannedVolume[]): pulumi.Resource[] {
    const paths = planned.flatMap(({ place }) => (place?.type === "hostPath" ? [place] : []));
    if (paths.length === 0) return [];
    const { directories } = args;
    if (!directories) throw new Error(`hostPath storage of ${args.pool} needs the argument "directories"`);
    const nodes = [...new Set(paths.map(({ node }) => node))];
    return nodes.map(
      (node) =>
        new VolumeDirectories(
          node === undefined ? `${name}-directories` : `${name}-directories-${node}`,
          {
            ...directories,
            instance: args.instance,
            pods: args.pods,
            node,
            uid: args.uid,
            paths: paths.filter((place) => place.node === node).map(({ path }) => path),
          },
          { parent: this },
        ),
    );
  }
}

const volumeName = (args: PoolVolumesArgs, { claim }: PlannedVolume) => pulumi.interpolate`${args.namespace}-${claim}`;

function source(place: Place) {
  if (place.type === "nfs")
    return { nfs: { server: place.server, path: place.path }, mountOptions: [...place.mountOptions] };
  return {
    hostPath: { path: place.path, type: "DirectoryOrCreate" },
    ...(place.node !== undefined && {
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [place.node] }] },
          ],
        },
      },
    }),
  };
}
