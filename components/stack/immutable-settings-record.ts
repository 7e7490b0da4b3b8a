import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { fixedName, type Scope } from "../kubernetes/scope";
import { RECORD_KEY } from "./evidence";
import { RECORD } from "./read-evidence";

/** What is recorded. */
export interface ImmutableSettingsRecordArgs extends Scope {
  /** What the stack has reached; plain JSON. */
  readonly choices: unknown;
}

/**
 * Records, in a ConfigMap, the choices that were reached. It must wait for everything that the choices are about: what it says is what a later change is held to,
 * also when the engine's state is lost.
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
            "app.kubernetes.io/part-of": "kafka-stack",
            "app.kubernetes.io/managed-by": "pulumi",
          },
        },
        data: { [RECORD_KEY]: `${JSON.stringify(args.choices, null, 2)}\n` },
      },
      fixedName(this),
    );
    this.registerOutputs({});
  }
}
