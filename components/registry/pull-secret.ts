import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { fixedName, metadata, type Scope } from "../kubernetes/scope";

/** What a pull secret is made of. */
export interface PullSecretArgs extends Scope {
  /** Address that nodes pull from, such as `registry.example.com/team`. */
  readonly pullAddress: string;
  /** Who pulls. */
  readonly username: string;
  /** Their password, which is a Pulumi secret from here on. */
  readonly password: pulumi.Input<string>;
}

/** The Secret with which the pods of a namespace pull their images. Another password changes it in place: what runs is not pulled again. */
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

/** A docker config file. The kubelet looks a registry up by its host; what follows in the address is the image's path. */
function dockerConfig({ pullAddress, username }: PullSecretArgs, password: string): string {
  const host = pullAddress.replace(/\/.*$/, "");
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  return JSON.stringify({ auths: { [host]: { username, password, auth } } });
}
