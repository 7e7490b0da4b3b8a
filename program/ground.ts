import * as pulumi from "@pulumi/pulumi";
import { ImmutableSettingsGuard, ImmutableSettingsRecord, SecuredNamespace } from "../components";
import { hasData, immutableSettingsOf, judge, MOVING_DATA, refusals, serverPools, type StackConfig } from "../config";
import type { Providers } from "./cluster-access";

/** What the rest of a stack depends on: its namespaces and its immutable settings. */
export interface Ground {
  /** Namespace of the stack. */
  readonly namespace: pulumi.Output<string>;
  /** Namespace of the Jobs that make and delete directories on nodes, and of the record of what was reached. */
  readonly volumesNamespace: pulumi.Output<string>;
  /** Dependency of everything that holds data: its immutable settings were accepted. */
  readonly agreed: pulumi.Resource;
}

const volumesNamespaceOf = (namespace: string) => `${namespace}-volumes`;

/** Rejects changes to immutable settings before touching anything, including the namespaces; then makes the namespaces. */
export function ground(config: StackConfig, clusterId: string, { kubernetes, adopting }: Providers): Ground {
  const instance = pulumi.getStack();
  const { cluster } = config;
  const { agreed } = new ImmutableSettingsGuard("choices-gate", {
    settings: immutableSettingsOf(config, clusterId),
    namespace: cluster.namespace,
    recordNamespace: volumesNamespaceOf,
    owner: { owner: `${pulumi.getProject()}/${instance}`, instance },
    cluster,
    judge,
    judgeUnasked: refusals,
    hasData,
    help: `${MOVING_DATA} says what to do`,
  });
  const { namespace: volumesNamespace } = new SecuredNamespace(
    "volumes",
    { name: volumesNamespaceOf(cluster.namespace), instance, podSecurity: "privileged", cluster },
    { providers: [kubernetes], dependsOn: agreed },
  );
  const claims = serverPools(config).filter(({ storage: { type } }) => type === "storageClass");
  const { namespace } = new SecuredNamespace(
    "kafka",
    {
      name: cluster.namespace,
      instance,
      cluster,
      retain: claims.some(({ storage: { whenDeleted } }) => whenDeleted === "retain"),
    },
    // Whether claims are kept now does not decide this: Pulumi replaces a resource that moves to another provider.
    { providers: [claims.length > 0 ? adopting : kubernetes], dependsOn: agreed },
  );
  return { namespace, volumesNamespace, agreed };
}

/** Records the immutable settings once they were reached, so that a change that failed binds nobody. */
export function recordImmutableSettings(
  config: StackConfig,
  clusterId: string,
  { volumesNamespace }: Ground,
  { kubernetes }: Providers,
  reached: pulumi.Resource,
): void {
  new ImmutableSettingsRecord(
    "choices",
    { namespace: volumesNamespace, instance: pulumi.getStack(), settings: immutableSettingsOf(config, clusterId) },
    { providers: [kubernetes], dependsOn: reached },
  );
}
