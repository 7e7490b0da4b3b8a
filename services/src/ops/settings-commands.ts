import type { Command } from "commander";
import { number } from "./arguments.js";
import { type Common, type ProgramEnvironment, withCluster } from "./environment.js";
import { applyClusterSettings, readClusterSettings } from "./settings.js";

/** Adds `settings apply`. */
export function addSettings(program: Command, environment: ProgramEnvironment): void {
  const { print } = environment;
  program
    .command("settings")
    .description("settings of all brokers that Kafka can change at run time")
    .command("apply")
    .description("set them as the file declares")
    .option("--wait <seconds>", "how long to wait for brokers", number(0, 86_400), 120)
    .requiredOption("--file <path>", 'the declaration, {"cluster": {…}}')
    .action(async (options: Common & { file: string }) => {
      const declared = await readClusterSettings(options.file);
      const waitMs = options.wait * 1_000;
      await withCluster(environment, options, (cluster) => applyClusterSettings(cluster, declared, { waitMs, print }));
    });
}
