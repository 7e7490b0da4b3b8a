import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { fixedName, labels, metadata, type Scope } from "../kubernetes/scope";
import { podMetadata, podSpec } from "../pods/overlay";
import { certificateOf, clusterDocument, opsContainer, opsPod, orderKeyOf, type OpsContainerArgs } from "./ops-pod";

/** Name of the PodTemplate from which `npm run ops` creates its pods. */
export const OPS_TEMPLATE = "ops";

/** Arguments of the pod for people's commands. */
export interface OpsTemplateArgs extends Scope, OpsContainerArgs {
  /** Name of the ConfigMap with the document of the desired state. @default the pod has none */
  readonly clusterFile?: pulumi.Input<string> | undefined;
}

/**
 * The pod for commands of people, stored in the cluster as a PodTemplate: the user needs neither the image's name nor a connection to the brokers.
 */
export class OpsTemplate extends pulumi.ComponentResource {
  constructor(name: string, args: OpsTemplateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:operations:OpsTemplate", name, {}, opts);
    const documents = args.clusterFile === undefined ? [] : [clusterDocument(args.clusterFile)];
    const files = [...documents, ...certificateOf(args), ...orderKeyOf(args)];
    new k8s.core.v1.PodTemplate(
      name,
      {
        metadata: metadata(args, "ops", OPS_TEMPLATE),
        template: {
          metadata: podMetadata(args, "ops", { labels: labels(args.instance, "ops") }),
          spec: podSpec(args, "ops", {
            ...opsPod(args),
            activeDeadlineSeconds: 24 * 3600,
            containers: [opsContainer(args, ["status"], files)],
            ...(files.length > 0 && { volumes: files.map(({ volume }) => volume) }),
          }),
        },
      },
      fixedName(this),
    );
    this.registerOutputs({});
  }
}
