import { join, relative, resolve } from "node:path";
import type { ImageSource } from "./content-hash";

/** What images are built on. */
export interface BaseImages {
  /** Image with a Java runtime. */
  readonly jre: string;
  /** Image with Maven and a JDK. */
  readonly maven: string;
  /** Image with Node.js. */
  readonly node: string;
}

/** What the Kafka image is built with. */
export interface KafkaImageOptions {
  /** Kafka version such as `4.3.1`. */
  readonly version: string;
  /** Image with a Java runtime. */
  readonly jre: string;
  /** Image with Maven, which fetches Kafka's jars. */
  readonly maven: string;
  /** URL of a Maven repository. @default Maven Central */
  readonly mavenMirror?: string | undefined;
}

/** Base images when none are named. */
export const DEFAULT_BASE_IMAGES: BaseImages = {
  jre: "eclipse-temurin:25-jre",
  maven: "maven:3.9-eclipse-temurin-25",
  node: "node:24-bookworm-slim",
};

/** What the services image is built with. */
export interface ServicesImageOptions {
  /** Image with Node.js. */
  readonly node: string;
}

/** The source of the Kafka image, which this package brings along. */
export function kafkaImageSource({ version, jre, maven, mavenMirror }: KafkaImageOptions): ImageSource {
  return {
    context: inPackage("images/kafka"),
    dockerfile: inPackage("images/kafka/Dockerfile"),
    args: { JRE_IMAGE: jre, MAVEN_IMAGE: maven, KAFKA_VERSION: version, MAVEN_MIRROR: mavenMirror ?? "" },
  };
}

/** The source of the services image, which this package brings along: the chat, and the program of the Jobs that do Kafka admin work. */
export function servicesImageSource({ node }: ServicesImageOptions): ImageSource {
  return {
    context: inPackage("services"),
    dockerfile: inPackage("images/services/Dockerfile"),
    args: { NODE_IMAGE: node },
  };
}

/** The package's folder; compiled or not, this file lies as deep in it. */
const PACKAGE = resolve(__dirname, "../..");

/** Relative to the program's folder, as docker takes it: a path of this machine would be a change on the next one. */
const inPackage = (path: string): string => relative(process.cwd(), join(PACKAGE, path));
