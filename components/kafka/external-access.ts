import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { fixedName, metadata, selector, type Scope } from "../kubernetes/scope";
import { skipAwait } from "../kubernetes/await-annotations";
import { PORTS } from "./settings";

/** Access from outside the Kubernetes cluster, through NodePorts. */
export interface ExternalSpec {
  /** Host name or address under which clients reach the nodes. */
  readonly host: string;
  /** NodePort of broker 0; broker n has this plus n, the bootstrap Service this minus 1. */
  readonly nodePortBase: number;
  /** What clients outside are known by, where `authentication` is `tls`: certificates, or passwords (`scram-sha-512`). @default tls */
  readonly authentication?: "tls" | "scram-sha-512" | undefined;
}

export interface ExternalAccessArgs extends Scope {
  /** Number of brokers. */
  readonly replicas: number;
  /** NodePort of broker 0; broker n has this plus n, the bootstrap Service this minus 1. */
  readonly nodePortBase: number;
}

/** NodePorts for clients outside the cluster: one for bootstrapping, and one per broker, because a client connects to each partition's leader. */
export class ExternalAccess extends pulumi.ComponentResource {
  constructor(name: string, args: ExternalAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:kafka:ExternalAccess", name, {}, opts);
    const brokers = selector(args.instance, "broker");
    this.nodePort(`${name}-bootstrap`, args, "kafka-external", args.nodePortBase - 1, brokers);
    for (let ordinal = 0; ordinal < args.replicas; ordinal++) {
      const pod = `broker-${ordinal}`;
      const one = { ...brokers, "statefulset.kubernetes.io/pod-name": pod };
      this.nodePort(`${name}-${ordinal}`, args, `${pod}-external`, args.nodePortBase + ordinal, one);
    }
    this.registerOutputs({});
  }

  private nodePort(
    name: string,
    args: ExternalAccessArgs,
    service: string,
    nodePort: number,
    pods: Record<string, string>,
  ) {
    new k8s.core.v1.Service(
      name,
      {
        metadata: metadata(args, "broker", service, skipAwait),
        spec: {
          type: "NodePort",
          selector: pods,
          publishNotReadyAddresses: true,
          ports: [{ name: "external", port: PORTS.external, nodePort }],
        },
      },
      fixedName(this),
    );
  }
}
