import { join } from "node:path";
import { KAFKA_VERSIONS } from "../../config/kafka";
import { checkout } from "../paths";
import { mavenJars } from "./maven-jars";

const VERSION = KAFKA_VERSIONS.kraft[0];

/**
 * Fetches the jars that are in the Kafka image, for brokers that run as plain processes, and installs Java and Maven where they are missing.
 *
 * @returns the directory with the jars; the same without any work while Kafka's version and `pom.xml` stay
 */
export function kafkaJars(report: (progress: string) => void): Promise<string> {
  const jars = {
    name: "kafka",
    title: `Kafka ${VERSION}`,
    pom: join(checkout, "images/kafka/pom.xml"),
    version: VERSION,
    args: ["-P", `kafka-${VERSION.split(".")[0] ?? ""}`, `-Dkafka.version=${VERSION}`],
  };
  return mavenJars(jars, report);
}
