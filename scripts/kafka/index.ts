import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { run } from "kafka-stack-processes";
import type { KafkaVersion } from "../../config";
import { ensurePackages, kafkaJars } from "../../sandbox";

/**
 * Runs one of the Java programs beside this file with the jars of a Kafka version, all of it in one JVM.
 *
 * @param input - what the program reads; default nothing
 * @returns the lines that it prints, split at their tabs
 * @throws when the jars cannot be fetched, or the program fails
 */
export async function askKafka(version: KafkaVersion, program: string, input = ""): Promise<string[][]> {
  const report = (progress: string) => {
    console.error(progress);
  };
  await ensurePackages({ javac: "openjdk-17-jdk-headless" }, report);
  const jars = await kafkaJars(report, version);
  const classPath = readdirSync(jars)
    .filter((name) => name.endsWith(".jar"))
    .map((name) => join(jars, name));
  const classes = mkdtempSync(join(tmpdir(), "kafka-settings-"));
  try {
    const sources = ["Plugins", "Settings", program].map((name) => join(__dirname, `${name}.java`));
    await run("javac", ["-nowarn", "-d", classes, "-cp", classPath.join(delimiter), ...new Set(sources)]);
    const output = await run("java", ["-cp", [classes, ...classPath].join(delimiter), program], { input });
    return output
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"));
  } finally {
    rmSync(classes, { recursive: true });
  }
}
