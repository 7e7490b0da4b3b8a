import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { contentHash, type ImageSource } from "./content-hash";

/** Where images are pushed to and pulled from. */
export interface RegistryAddress {
  /** Address that docker pushes to, such as `localhost:31500`. */
  readonly pushAddress: string;
  /** Address that the cluster's nodes pull from. */
  readonly pullAddress: string;
  /** Who may push; none when the registry asks for nobody. */
  readonly username?: string | undefined;
  /** Password of that user. */
  readonly password?: pulumi.Input<string> | undefined;
}

export interface ImageArgs extends ImageSource {
  /** Name of the image within the registry, such as `kafka`. */
  readonly repository: string;
  /** Where it is pushed to and pulled from. */
  readonly registry: RegistryAddress;
  /** Platform such as `linux/amd64`. @default the docker daemon's own */
  readonly platform?: string | undefined;
}

/**
 * An image that is built from source, pushed, and named by digest. Its tag is a hash of its source, so that an unchanged source builds and pushes nothing.
 */
export class Image extends pulumi.ComponentResource {
  /** The image by digest at the address that nodes pull from: `localhost:31500/kafka@sha256:…`. */
  readonly reference: pulumi.Output<string>;

  constructor(name: string, args: ImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:image:Image", name, {}, opts);
    const { pushAddress, pullAddress, username, password } = args.registry;
    const image = new docker.Image(
      name,
      {
        imageName: `${pushAddress}/${args.repository}:${contentHash(args)}`,
        build: {
          context: args.context,
          dockerfile: args.dockerfile,
          args: { ...args.args },
          ...(args.platform !== undefined && { platform: args.platform }),
        },
        registry: {
          server: pushAddress,
          ...(username !== undefined && { username, ...(password !== undefined && { password }) }),
        },
      },
      { parent: this },
    );
    this.reference = image.repoDigest.apply(
      (digest) => `${pullAddress}/${args.repository}@${digest.split("@")[1] ?? ""}`,
    );
    this.registerOutputs({ reference: this.reference });
  }
}
