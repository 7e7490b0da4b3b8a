import { readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "kafka-stack-processes";
import { kafkaJars } from "../../sandbox/build/kafka-jars";
import { ensurePackages } from "../../sandbox/host/platform";
import { ROOT } from "./stacks";
import { temporaryFolder } from "./temporary";

/** The image's own Java classes as sources. */
export const IMAGE_SOURCES = join(ROOT, "images/kafka/src");

/**
 * Compiles Java for the image's oldest JVM. Classes that are not given are found in the image's sources.
 *
 * @param classPath jars that they need. @default none
 * @returns the folder of the classes
 */
export async function compileJava(files: readonly string[], classPath?: string): Promise<string> {
  const classes = temporaryFolder();
  const found = ["-implicit:class", "-sourcepath", IMAGE_SOURCES, ...(classPath ? ["-cp", classPath] : [])];
  await run("javac", ["--release", "17", "-proc:none", "-nowarn", "-d", classes, ...found, ...files]);
  return classes;
}

/**
 * The class path of a server: all of the image's classes, with Kafka's jars, both of which it gets first.
 *
 * @param version of Kafka. @default the newest
 * @param more files with classes of a test
 */
export async function serverClassPath(version?: Parameters<typeof kafkaJars>[1], ...more: string[]): Promise<string> {
  const report = (progress: string) => {
    console.error(progress);
  };
  await ensurePackages({ javac: "openjdk-17-jdk-headless" }, report);
  const jars = await kafkaJars(report, version);
  const folder = join(IMAGE_SOURCES, "kafkastack");
  const files = readdirSync(folder).map((name) => join(folder, name));
  return `${await compileJava([...files, ...more], `${jars}/*`)}:${jars}/*`;
}
