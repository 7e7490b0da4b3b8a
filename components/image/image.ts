import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { createRequire } from "node:module";
import { contentHash, type ImageSource } from "./content-hash";

/** Where images are pushed to and pulled from. */
export interface RegistryAddress {
  /** Address that docker pushes to, such as `localhost:31500`. */
  readonly pushAddress: string;
  /** Address that the cluster's nodes pull from. */
  readonly pullAddress: string;
  /** User that may push; none when the registry needs no login. */
  readonly username?: string | undefined;
  /** Password of that user. */
  readonly password?: pulumi.Input<string> | undefined;
}

/** Arguments of an image. */
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
    const image = new (dockerPackage().Image)(
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
    this.reference = pulumi
      .all([image.repoDigest, image.urn])
      .apply(([digest, urn]) => `${pullAddress}/${args.repository}@${hashOf(digest, urn)}`);
    this.registerOutputs({ reference: this.reference });
  }
}

/**
 * `@pulumi/docker`, which only programs that build images have to install.
 *
 * @throws when it is not installed.
 */
function dockerPackage(): typeof docker {
  try {
    return createRequire(__filename)("@pulumi/docker") as typeof docker;
  } catch (cause) {
    throw new Error(
      "Images are built with @pulumi/docker, which cannot be loaded: add it to the dependencies of your program, or give the images by digest",
      { cause },
    );
  }
}

/**
 * The hash in a digest.
 *
 * @throws when there is none: pods with such an image would never start.
 */
function hashOf(digest: string, urn: string): string {
  const hash = /@(sha256:[0-9a-f]{64})$/.exec(digest)?.[1];
  if (hash === undefined) {
    throw new Error(
      `docker gave the image no digest that nodes could pull it by ("${digest}"): it was not pushed, or is not in the registry any more. ` +
        `Build and push it again: pulumi up --replace '${urn}'`,
    );
  }
  return hash;
}
