import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { KAFKA_VERSIONS } from "../../config/kafka";
import { run } from "../host/command";
import { ensurePackages } from "../host/platform";
import { checkout, pathsOf } from "../paths";

const VERSION = KAFKA_VERSIONS.kraft[0];

/**
 * Fetches the jars that are in the Kafka image, for brokers that run as plain processes, and installs Java and Maven where they are missing.
 *
 * @returns the directory with the jars; the same without any work while Kafka's version and `pom.xml` stay
 */
export async function kafkaJars(report: (progress: string) => void): Promise<string> {
  await ensurePackages({ java: "openjdk-17-jre-headless", mvn: "maven" }, report);
  const pom = join(checkout, "images/kafka/pom.xml");
  const key = createHash("sha256").update(VERSION).update(readFileSync(pom)).digest("hex").slice(0, 12);
  const { cache } = pathsOf();
  const jars = join(cache, `kafka-jars-${key}`);
  if (existsSync(jars)) return jars;
  report(`fetching the jars of Kafka ${VERSION}`);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "kafka-jars-"));
  copyFileSync(pom, join(work, "pom.xml"));
  const profile = `kafka-${VERSION.split(".")[0] ?? ""}`;
  const properties = [`-Dkafka.version=${VERSION}`, `-DoutputDirectory=${work}`];
  await run("mvn", ["-q", "-B", "-C", "-P", profile, ...properties, "dependency:copy-dependencies"], { cwd: work });
  // Under its final name there are all of them or none.
  renameSync(work, jars);
  return jars;
}
