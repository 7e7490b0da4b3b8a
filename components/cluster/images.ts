import type * as pulumi from "@pulumi/pulumi";
import { Image, type RegistryAddress } from "../image/image";
import { DEFAULT_BASE_IMAGES, kafkaImageSource, servicesImageSource, type BaseImages } from "../image/sources";

/** Existing images, by digest. With them, neither docker nor `@pulumi/docker` is needed. */
export interface KafkaImages {
  /** The Kafka image, of `version`. */
  readonly kafka: pulumi.Input<string>;
  /** The services image, whose ops program prepares and finishes changes. */
  readonly services: pulumi.Input<string>;
  /** Kafka version of the Kafka image, such as `4.3.1`, which nothing else tells before a pod runs. */
  readonly version: string;
}

/** Images that are built from this package's sources and pushed. This needs docker, and `@pulumi/docker` among the program's dependencies. */
export interface ImageBuild {
  /** The registry that docker pushes to and nodes pull from, such as `registry.example.com/team`; the long form where that is not enough. */
  readonly registry: string | RegistryAddress;
  /** Kafka version to build. @default 4.3.1, or 3.9.2 with ZooKeeper */
  readonly version?: string | undefined;
  /** Base images: a Java runtime, Maven with a JDK, and Node.js. @default eclipse-temurin:25-jre, maven:3.9-eclipse-temurin-25 and node:24-bookworm-slim */
  readonly baseImages?: Partial<BaseImages> | undefined;
  /** URL of a Maven repository. @default Maven Central */
  readonly mavenMirror?: string | undefined;
  /** Platform such as `linux/amd64`. @default the docker daemon's own */
  readonly platform?: string | undefined;
}

/** A build's registry in its long form. */
export const registryOf = ({ registry }: ImageBuild): RegistryAddress =>
  typeof registry === "string" ? { pushAddress: registry, pullAddress: registry } : registry;

/** Builds and pushes the images, under the names `<prefix>kafka-image` and `<prefix>services-image`. */
export function buildImages(
  prefix: string,
  build: ImageBuild,
  version: string,
  opts: pulumi.ComponentResourceOptions,
): KafkaImages {
  const base = { ...DEFAULT_BASE_IMAGES, ...build.baseImages };
  const common = { registry: registryOf(build), platform: build.platform };
  const source = kafkaImageSource({ ...base, version, mavenMirror: build.mavenMirror });
  const kafka = new Image(`${prefix}kafka-image`, { ...common, repository: "kafka", ...source }, opts);
  const services = new Image(
    `${prefix}services-image`,
    { ...common, repository: "services", ...servicesImageSource(base) },
    opts,
  );
  return { kafka: kafka.reference, services: services.reference, version };
}
