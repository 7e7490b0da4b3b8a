import { join } from "node:path";
import { kafkaJars } from "../../sandbox/build/kafka-jars";
import { run } from "../../sandbox/host/command";
import { ensurePackages } from "../../sandbox/host/platform";
import { checkout } from "../../sandbox/paths";

/** Chromium, and a font: on a machine without one all text is boxes. */
const BROWSER = { chromium: "chromium", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf": "fonts-dejavu-core" };

/** Before the first test: Chromium and Kafka's jars are there, and the services are built. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(15 * 60_000);
    const report = (progress: string): void => {
      console.log(`  ${progress}`);
    };
    await ensurePackages(BROWSER, report);
    process.env["KAFKA_JARS"] ??= await kafkaJars(report);
    await run("node", ["build.mjs"], { cwd: join(checkout, "services") });
  },
};
