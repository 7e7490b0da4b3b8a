import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { fixedName, metadata, type Scope } from "../kubernetes/scope";
import { CHAT_PORTS } from "../kubernetes/ports";

/** The Ingress of the chat. */
export interface IngressSpec {
  /** Host name. */
  readonly host: string;
  /** IngressClass. @default the cluster's default class */
  readonly className?: string | undefined;
  /** Secret with the TLS certificate. @default no TLS */
  readonly tlsSecretName?: string | undefined;
}

/** One host for both services: messages go to kproducer, everything else to kconsumer. */
export class ChatIngress extends pulumi.ComponentResource {
  constructor(name: string, args: Scope & IngressSpec, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:kchat:ChatIngress", name, {}, opts);
    const path = (prefix: string, service: string, port: number) => ({
      path: prefix,
      pathType: "Prefix",
      backend: { service: { name: service, port: { number: port } } },
    });
    new k8s.networking.v1.Ingress(
      name,
      {
        metadata: metadata(args, "kconsumer", "kchat"),
        spec: {
          ...(args.className !== undefined && { ingressClassName: args.className }),
          ...(args.tlsSecretName !== undefined && { tls: [{ hosts: [args.host], secretName: args.tlsSecretName }] }),
          rules: [
            {
              host: args.host,
              http: {
                paths: [
                  path("/api/topics", "kproducer", CHAT_PORTS.producer),
                  path("/", "kconsumer", CHAT_PORTS.consumer),
                ],
              },
            },
          ],
        },
      },
      fixedName(this),
    );
    this.registerOutputs({});
  }
}
