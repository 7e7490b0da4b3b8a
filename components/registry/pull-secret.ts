import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { fixedName, metadata, type Scope } from "../kubernetes/scope";

/** Arguments of a pull secret. */
export interface PullSecretArgs extends Scope {
  /** Address that nodes pull from, such as `registry.example.com/team`. */
  readonly pullAddress: string;
  /** User that pulls. */
  readonly username: string;
  /** Their password, which becomes a Pulumi secret here. */
  readonly password: pulumi.Input<string>;
}

/** The Secret with which a namespace's pods pull their images. Another password changes it in place; running pods do not pull again. */
export class PullSecret extends pulumi.ComponentResource {
  /** Name of the Secret, known once it exists. */
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: PullSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:registry:PullSecret", name, {}, opts);
    const secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: metadata(args, "registry", "registry-pull"),
        type: "kubernetes.io/dockerconfigjson",
        stringData: {
          ".dockerconfigjson": pulumi.secret(args.password).apply((password) => dockerConfig(args, password)),
        },
      },
      fixedName(this),
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}

/** A docker config file. The kubelet looks up a registry by its host; the rest of the address is the image's path. */
function dockerConfig({ pullAddress, username }: PullSecretArgs, password: string): string {
  const host = pullAddress.replace(/\/.*$/, "");
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  return JSON.stringify({ auths: { [host]: { username, password, auth } } });
}
