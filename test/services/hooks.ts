import { join } from "node:path";
import { kafkaJars } from "../../sandbox/build/kafka-jars";
import { mavenJars } from "../../sandbox/build/maven-jars";
import { run } from "../../sandbox/host/command";
import { ensurePackages } from "../../sandbox/host/platform";
import { checkout } from "../../sandbox/paths";

/** Chromium, and a font, because a machine without one renders boxes. */
const BROWSER = { chromium: "chromium", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf": "fonts-dejavu-core" };

/** The chat client of the tests, in Java. */
const CHAT_CLIENT = {
  name: "chat-client",
  title: "Jersey",
  pom: join(checkout, "services/test-kafka/java/pom.xml"),
};

/** Before the first test: installs Chromium, a Java compiler, and Kafka's and Jersey's jars, and builds the services. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(15 * 60_000);
    const report = (progress: string): void => {
      console.log(`  ${progress}`);
    };
    await ensurePackages({ ...BROWSER, javac: "openjdk-17-jdk-headless" }, report);
    process.env["KAFKA_JARS"] ??= await kafkaJars(report);
    process.env["JERSEY_JARS"] ??= await mavenJars(CHAT_CLIENT, report);
    await run("node", ["build.mjs"], { cwd: join(checkout, "services") });
  },
};
