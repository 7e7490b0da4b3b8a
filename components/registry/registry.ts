import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { allowIngress } from "../kubernetes/allow-ingress";
import { fixedName, labels, type Scope } from "../kubernetes/scope";

/** Port of the registry in its pod, fixed by the chart. */
const PORT = 5000;

/** Arguments of a registry. */
export interface RegistryArgs extends Scope {
  /** Helm repository URL, or the path of a chart (starts with `/` or `.`). */
  readonly chart: string;
  /** Version of the chart in that repository. */
  readonly chartVersion: string;
  /** NodePort for docker and the nodes. */
  readonly nodePort: number;
  /** Capacity of the volume with the images. */
  readonly size: string;
  /** StorageClass of that volume. @default the cluster's default class */
  readonly className?: string | undefined;
  /** Requests and limits of the container. */
  readonly resources: k8s.types.input.core.v1.ResourceRequirements;
  /** Signs the state of uploads. A fixed value, because the chart's random one would restart the registry at each update. */
  readonly haSharedSecret: pulumi.Input<string>;
  /** Users and their bcrypt hashes in htpasswd form. @default anyone may push and pull */
  readonly htpasswd?: pulumi.Input<string> | undefined;
}

/** An image registry inside the cluster: twuni's `docker-registry` chart with persistence and a NodePort. */
export class Registry extends pulumi.ComponentResource {
  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:registry:Registry", name, {}, opts);
    const local = /^[/.]/.test(args.chart);
    const chart = new k8s.helm.v4.Chart(
      name,
      {
        namespace: args.namespace,
        name: "registry",
        chart: local ? args.chart : "docker-registry",
        ...(!local && { version: args.chartVersion, repositoryOpts: { repo: args.chart } }),
        values: {
          service: { type: "NodePort", port: PORT, nodePort: args.nodePort },
          persistence: {
            enabled: true,
            size: args.size,
            ...(args.className !== undefined && { storageClass: args.className }),
          },
          // A second pod could not mount the volume while the first holds it.
          updateStrategy: { type: "Recreate" },
          resources: args.resources,
          secrets: {
            haSharedSecret: args.haSharedSecret,
            ...(args.htpasswd !== undefined && { htpasswd: args.htpasswd }),
          },
          podLabels: labels(args.instance, "registry"),
        },
      },
      { parent: this },
    );
    allowIngress(`${name}-access`, args, "registry", [{ ports: [PORT], from: "anyone" }], {
      ...fixedName(this),
      dependsOn: chart,
    });
    this.registerOutputs({});
  }
}
