import { join } from "node:path";
import { KAFKA_VERSIONS, type KafkaVersion } from "../../config";
import { checkout } from "../paths";
import { mavenJars } from "./maven-jars";

/**
 * Fetches the jars that are in the Kafka image, for brokers that run as plain processes, and installs Java and Maven where they are missing.
 *
 * @param version - of Kafka; default the newest that a stack may run
 * @returns the directory with the jars, which is reused while Kafka's version and `pom.xml` stay the same
 */
export function kafkaJars(
  report: (progress: string) => void,
  version: KafkaVersion = KAFKA_VERSIONS.kraft[0],
): Promise<string> {
  const jars = {
    name: "kafka",
    title: `Kafka ${version}`,
    pom: join(checkout, "images/kafka/pom.xml"),
    version,
    args: ["-P", `kafka-${version.split(".")[0] ?? ""}`, `-Dkafka.version=${version}`],
  };
  return mavenJars(jars, report);
}
