import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PART_OF } from "../kubernetes/part-of";
import { fixedName, type Scope } from "../kubernetes/scope";
import { RECORD_KEY } from "./evidence";
import { RECORD } from "./read-evidence";

/** Arguments of the record. */
export interface ImmutableSettingsRecordArgs extends Scope {
  /** The reached settings; plain JSON. */
  readonly settings: unknown;
}

/**
 * Records reached immutable settings in a ConfigMap. It must wait for everything that the settings describe, because later changes are judged by it,
 * even when the engine's state is lost.
 */
export class ImmutableSettingsRecord extends pulumi.ComponentResource {
  constructor(name: string, args: ImmutableSettingsRecordArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "kafka-stack:stack:ImmutableSettingsRecord",
      name,
      {},
      pulumi.mergeOptions(opts, { aliases: [{ type: "kafka-stack:stack:KeptChoices" }] }),
    );
    new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: {
          name: RECORD,
          namespace: args.namespace,
          labels: {
            "app.kubernetes.io/name": "kafka-stack",
            "app.kubernetes.io/instance": args.instance,
            "app.kubernetes.io/component": "choices",
            ...PART_OF,
            "app.kubernetes.io/managed-by": "pulumi",
          },
        },
        data: { [RECORD_KEY]: `${JSON.stringify(args.settings, null, 2)}\n` },
      },
      fixedName(this),
    );
    this.registerOutputs({});
  }
}
