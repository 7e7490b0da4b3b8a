import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { DELETED_WHEN_SCALED, deletesLeft } from "../storage/left-claims";
import { templateName, type PoolStorage } from "../storage/plan";
import { allowIngress, type Allowed } from "../kubernetes/allow-ingress";
import { fixedName, labels, metadata, selector, type Role, type Scope } from "../kubernetes/scope";
import { skipAwait } from "../kubernetes/await-annotations";
import { podMetadata } from "../pods/overlay";
import { announceRestarts, type KnownSettings } from "./announce-restarts";
import { RESTART_HASH } from "./restart-reasons";
import { graceOf } from "./server-pod";

export interface ServerPoolArgs extends Scope, Pick<KnownSettings, "cluster"> {
  /** Called before the StatefulSet is changed. @default none */
  readonly beforeUpdate?: pulumi.ResourceHook | undefined;
  /** Name of the StatefulSet and of its headless Service. */
  readonly pool: string;
  readonly role: Role;
  readonly replicas: number;
  /** Seconds for a clean stop of a server. */
  readonly terminationGracePeriodSeconds: number;
  readonly pod: k8s.types.input.core.v1.PodSpec;
  /** A hash of everything that only a restart applies. */
  readonly restartHash: string;
  /** The settings behind the hash, for who wants to know why servers restart. @default they are not named */
  readonly restartSettings?: KnownSettings["settings"];
  /** Ports of the headless Service. */
  readonly ports: Readonly<Record<string, number>>;
  /**
   * Who may connect to which ports. Leave it out for another pool of the same role, which the first one's NetworkPolicy and PodDisruptionBudget
   * cover: Kubernetes evicts no pod that has two budgets.
   */
  readonly access?: readonly Allowed[] | undefined;
  /** Labels that distinguish the pool's pods from the role's other pools. @default none, for a role's only pool */
  readonly poolLabels?: Readonly<Record<string, string>> | undefined;
  /** The storage behind the claims; none when no server has its own volume. */
  readonly storage?: PoolStorage | undefined;
}

/** Changes with everything that restarts a pool's servers. */
export function restartsOf(
  args: Pick<ServerPoolArgs, "restartHash" | "pod" | "role" | "instance" | "pods">,
): pulumi.Output<string> {
  const laidOver = podMetadata(args, args.role, {});
  const metadata = Object.keys(laidOver).length > 0 ? ` ${JSON.stringify(laidOver)}` : "";
  return pulumi.output(args.pod).apply((spec) =>
    createHash("sha256")
      .update(`${args.restartHash} ${JSON.stringify(spec)}${metadata}`)
      .digest("hex")
      .slice(0, 16),
  );
}

/** A StatefulSet of servers with what goes with it: headless Service, PodDisruptionBudget and NetworkPolicy. */
export class ServerPool extends pulumi.ComponentResource {
  readonly statefulSet: k8s.apps.v1.StatefulSet;
  /**
   * Changes with everything that restarts the servers, and with each change of the StatefulSet itself by anybody, including one that was begun and
   * reverted.
   */
  readonly restarts: pulumi.Output<string>;

  constructor(name: string, args: ServerPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:kubernetes:ServerPool", name, {}, opts);
    const matchLabels = { ...selector(args.instance, args.role), ...args.poolLabels };
    const child = fixedName(this);
    const service = new k8s.core.v1.Service(
      `${name}-headless`,
      {
        metadata: metadata(args, args.role, args.pool, skipAwait),
        spec: {
          clusterIP: "None",
          selector: matchLabels,
          // Servers find each other before they are ready: readiness needs the others.
          publishNotReadyAddresses: true,
          ports: Object.entries(args.ports).map(([port, number]) => ({ name: port, port: number })),
        },
      },
      child,
    );
    const covers = args.access ? this.covers(name, args, args.access) : [];
    this.statefulSet = new k8s.apps.v1.StatefulSet(
      name,
      {
        metadata: metadata(
          args,
          args.role,
          args.pool,
          args.storage && deletesLeft(args.storage) ? DELETED_WHEN_SCALED : undefined,
        ),
        spec: {
          serviceName: args.pool,
          replicas: args.replicas,
          // All start at once, because none becomes ready alone; a changed template still rolls one by one.
          podManagementPolicy: "Parallel",
          updateStrategy: { type: "RollingUpdate" },
          selector: { matchLabels },
          template: {
            metadata: podMetadata(args, args.role, {
              labels: { ...labels(args.instance, args.role), ...args.poolLabels },
              annotations: { [RESTART_HASH]: args.restartHash },
            }),
            spec: args.pod,
          },
          ...(args.storage && claimTemplates(args.storage)),
        },
      },
      {
        ...child,
        dependsOn: [service, ...covers],
        hooks: {
          beforeUpdate: [
            announceRestarts(name, { settings: args.restartSettings, cluster: args.cluster }),
            ...(args.beforeUpdate ? [args.beforeUpdate] : []),
          ],
        },
        customTimeouts: {
          // Time for pulling the image and the ten minutes of a server's startup probe.
          create: "15m",
          // Servers roll one by one, each when the previous one is in sync again: an hour for each.
          update: `${args.replicas}h`,
          delete: `${graceOf(args) + 600}s`,
        },
      },
    );
    this.restarts = pulumi
      .all([restartsOf(args), this.statefulSet.metadata.generation])
      .apply(([restarts, generation]) => `${restarts}-${generation}`);
    this.registerOutputs({});
  }

  /** The objects that cover all pods of the role. */
  private covers(name: string, args: ServerPoolArgs, access: readonly Allowed[]): pulumi.Resource[] {
    const child = fixedName(this);
    return [
      allowIngress(`${name}-access`, args, args.role, access, child),
      new k8s.policy.v1.PodDisruptionBudget(
        `${name}-budget`,
        {
          metadata: metadata(args, args.role, args.pool),
          spec: { maxUnavailable: 1, selector: { matchLabels: selector(args.instance, args.role) } },
        },
        child,
      ),
    ];
  }
}

/**
 * The templates only name the claims, which exist before the pods. They are immutable in a StatefulSet, so they are constant; size and class of the
 * real claims may change.
 */
function claimTemplates(storage: PoolStorage) {
  return {
    // Kubernetes would delete claims with the pods of a scale-in, although a partition may have come to a broker since it was drained: `LeftClaims`
    // deletes them later. And a replacement deletes a StatefulSet, too.
    persistentVolumeClaimRetentionPolicy: { whenScaled: "Retain", whenDeleted: "Retain" },
    volumeClaimTemplates: Array.from({ length: storage.volumes }, (_, volume) => ({
      metadata: { name: templateName(volume) },
      spec: { accessModes: ["ReadWriteOnce"], storageClassName: "", resources: { requests: { storage: "1Gi" } } },
    })),
  };
}
