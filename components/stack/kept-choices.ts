import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { fixedName, type Scope } from "../kubernetes/scope";

export interface KeptChoicesArgs<Choices> extends Scope {
  /** What the stack holds to; plain JSON. */
  readonly choices: Choices;
  /** Why a stack cannot go from what it held to so far to what it shall hold to; a sentence each, none when it can. */
  readonly refusals: (before: Choices, after: Choices) => readonly string[];
  /** What the refusal ends with: where to read on. */
  readonly help: string;
}

const KEY = "choices.json";

/**
 * Remembers choices that cannot change once there is data, in a ConfigMap, and refuses the change: in the preview and at the beginning of an update. What depends
 * on it has not been touched then. Pulumi hands the old and the new ConfigMap to a hook, so that neither a cluster nor an output has to be asked.
 */
export class KeptChoices<Choices> extends pulumi.ComponentResource {
  /** What whatever holds data must wait for. */
  readonly checked: pulumi.Resource;

  constructor(name: string, args: KeptChoicesArgs<Choices>, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:stack:KeptChoices", name, {}, opts);
    const hook = new pulumi.ResourceHook(
      `${name}-refusal`,
      ({ oldInputs, newInputs }) => {
        const [before, after] = [read(oldInputs), read(newInputs)] as [Choices | undefined, Choices | undefined];
        const reasons = before && after ? args.refusals(before, after) : [];
        if (reasons.length > 0) throw new Error(`${reasons.join("; ")}; ${args.help}`);
      },
      { onDryRun: true },
    );
    this.checked = new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: {
          name: "stack-choices",
          namespace: args.namespace,
          labels: {
            "app.kubernetes.io/name": "kafka-stack",
            "app.kubernetes.io/instance": args.instance,
            "app.kubernetes.io/component": "choices",
            "app.kubernetes.io/part-of": "kafka-stack",
            "app.kubernetes.io/managed-by": "pulumi",
          },
        },
        data: { [KEY]: `${JSON.stringify(args.choices, null, 2)}\n` },
      },
      { ...fixedName(this), hooks: { beforeUpdate: [hook] } },
    );
    this.registerOutputs({});
  }
}

/** The choices in the ConfigMap's inputs; undefined when somebody made it otherwise. */
function read(inputs: unknown): unknown {
  const text = (inputs as { data?: Record<string, unknown> } | undefined)?.data?.[KEY];
  return typeof text === "string" ? (JSON.parse(text) as unknown) : undefined;
}
