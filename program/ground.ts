import * as pulumi from "@pulumi/pulumi";
import { KeptChoices, SecuredNamespace } from "../components";
import type { StackConfig } from "../config";
import { choicesOf, MOVING_DATA, refusals } from "../config/choices";
import { serverPools } from "../config/pools";
import type { Providers } from "./cluster-access";

/** What a stack stands on: its namespaces, and the choices that it holds to. */
export interface Ground {
  /** Namespace of the stack. */
  readonly namespace: pulumi.Output<string>;
  /** Namespace of the Jobs that make and delete directories on nodes. */
  readonly volumesNamespace: pulumi.Output<string>;
  /** What whatever holds data must wait for. */
  readonly checked: pulumi.Resource;
}

/** What cannot change once there is data is held to before anything else of Kafka is touched: the namespace too, for another backend may replace it. */
export function ground(config: StackConfig, clusterId: string, { kubernetes, adopting }: Providers): Ground {
  const instance = pulumi.getStack();
  const { cluster } = config;
  const onCluster = { providers: [kubernetes] };
  const { namespace: volumesNamespace } = new SecuredNamespace(
    "volumes",
    { name: `${cluster.namespace}-volumes`, instance, podSecurity: "privileged" },
    onCluster,
  );
  const { checked } = new KeptChoices(
    "choices",
    {
      namespace: volumesNamespace,
      instance,
      choices: choicesOf(config, clusterId),
      refusals,
      help: `${MOVING_DATA} says what to do`,
    },
    onCluster,
  );
  const claims = serverPools(config).filter(({ storage: { type } }) => type === "storageClass");
  const { namespace } = new SecuredNamespace(
    "kafka",
    {
      name: cluster.namespace,
      instance,
      retain: claims.some(({ storage: { whenDeleted } }) => whenDeleted === "retain"),
    },
    // Not by whether they are kept now: Pulumi replaces what another provider manages.
    { providers: [claims.length > 0 ? adopting : kubernetes], dependsOn: checked },
  );
  return { namespace, volumesNamespace, checked };
}
