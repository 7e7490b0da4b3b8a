import { join, relative, resolve } from "node:path";
import type { ImageSource } from "./content-hash";

/** Base images. */
export interface BaseImages {
  /** Image with a Java runtime. */
  readonly jre: string;
  /** Image with Maven and a JDK. */
  readonly maven: string;
  /** Image with Node.js. */
  readonly node: string;
}

/** Build options of the Kafka image. */
export interface KafkaImageOptions {
  /** Kafka version such as `4.3.1`. */
  readonly version: string;
  /** Image with a Java runtime. */
  readonly jre: string;
  /** Image with Maven, which downloads Kafka's jars. */
  readonly maven: string;
  /** URL of a Maven repository. @default Maven Central */
  readonly mavenMirror?: string | undefined;
}

/** Default base images. */
export const DEFAULT_BASE_IMAGES: BaseImages = {
  jre: "eclipse-temurin:25-jre",
  maven: "maven:3.9-eclipse-temurin-25",
  node: "node:24-bookworm-slim",
};

/** Build options of the services image. */
export interface ServicesImageOptions {
  /** Image with Node.js. */
  readonly node: string;
}

/** The source of the Kafka image, which is part of this package. */
export function kafkaImageSource({ version, jre, maven, mavenMirror }: KafkaImageOptions): ImageSource {
  return {
    context: inPackage("images/kafka"),
    dockerfile: inPackage("images/kafka/Dockerfile"),
    args: { JRE_IMAGE: jre, MAVEN_IMAGE: maven, KAFKA_VERSION: version, MAVEN_MIRROR: mavenMirror ?? "" },
  };
}

/** The source of the services image, which is part of this package: the chat, and the operations program that the Jobs run. */
export function servicesImageSource({ node }: ServicesImageOptions): ImageSource {
  return {
    context: inPackage("services"),
    dockerfile: inPackage("images/services/Dockerfile"),
    args: { NODE_IMAGE: node },
  };
}

/** The package's folder; this file has the same depth when compiled. */
const PACKAGE = resolve(__dirname, "../..");

/** Relative to the program's folder, because an absolute path would be a change on the next machine. */
const inPackage = (path: string): string => relative(process.cwd(), join(PACKAGE, path));
