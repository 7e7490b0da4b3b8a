import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { fixedName, labels, metadata, type Role, type Scope } from "../kubernetes/scope";
import { skipAwait } from "../kubernetes/await-annotations";
import { VolumeDirectories } from "./directories";
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
  /** Where and with what the directories of hostPath volumes are made; needed for such storage only. */
  readonly directories?: DirectoryTools | undefined;
  /** Provider for claims that outlive the stack: it must adopt objects that exist (`upsertExistingObjects`). @default the inherited one */
  readonly adopting?: k8s.Provider | undefined;
  /**
   * The provider's cluster, in which is made way for new claims: volumes of hostPath and NFS that are `Released` are freed, and claims of a StorageClass that never
   * were bound and ask for something else are deleted. @default nothing is done
   */
  readonly cluster?: ClusterAccess | undefined;
}

/** What makes directories on nodes. */
export interface DirectoryTools {
  /** Namespace that allows hostPath volumes and root. */
  readonly namespace: pulumi.Input<string>;
  /** Image with bash and coreutils. */
  readonly image: pulumi.Input<string>;
  /** Name of the Secret of that namespace with which the image is pulled. @default none */
  readonly pullSecret?: pulumi.Input<string> | undefined;
}

/**
 * The volumes and claims of a pool, one by one: the stack owns each claim, so that it can be kept, adopted again, or grown, none of which a StatefulSet's own
 * claim template allows. The template only names the claims.
 */
export class PoolVolumes extends pulumi.ComponentResource {
  /** What a server's pod must wait for. */
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
    // What a lower number of servers removes without the stack being destroyed, the StatefulSet deletes.
    const retain = storage.type === "storageClass" && storage.whenDeleted === "retain";
    const className = storage.type === "storageClass" ? storage.className : "";
    return new k8s.core.v1.PersistentVolumeClaim(
      `${name}-claim`,
      {
        metadata: metadata(args, args.role, volume.claim, pv ? undefined : skipAwait),
        spec: {
          accessModes: [storage.type === "storageClass" ? storage.accessMode : "ReadWriteOnce"],
          ...(className !== undefined && { storageClassName: className }),
          resources: { requests: { storage: storage.size } },
          // By its name as text: whoever makes the volume anew at another place does not make the claim anew, which a pod may hold.
          ...(pv && { volumeName: volumeName(args, volume) }),
        },
      },
      {
        ...fixedName(this),
        ...(pv && { dependsOn: pv }),
        retainOnDelete: retain,
        // Never by a setting that may change: Pulumi replaces what another provider manages.
        ...(!pv && args.adopting && { provider: args.adopting }),
        // Kubernetes lets only claims of a StorageClass grow. The others' size is enforced by nobody; that of the volume follows the config. A claim that a
        // StatefulSet has made in the place of a deleted one names its volume only once it is bound: that is no reason to make it anew under its pod.
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
        // What a volume points at cannot change; its data stays where it is when the object is made anew.
        ...fixedName(this),
        ...(args.cluster && { hooks: { beforeCreate: [orphanedClaimHook(`${name}-stray`, args.cluster)] } }),
        // Earlier versions of this project made volumes in the config's spelling. Another spelling of the same place makes no volume anew; another place that is
        // not in the canonical spelling is refused before (config/judge.ts), for it would not reach the volume.
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
