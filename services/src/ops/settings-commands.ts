import type { Command } from "commander";
import { type Common, type ProgramEnvironment, withCluster } from "./environment.js";
import { applyClusterSettings, readClusterSettings } from "./settings.js";

/** Adds `settings apply`. */
export function addSettings(program: Command, environment: ProgramEnvironment): void {
  program
    .command("settings")
    .description("settings of all brokers that Kafka can change while they run")
    .command("apply")
    .description("make them what the file declares")
    .requiredOption("--file <path>", 'the declaration, {"cluster": {…}}')
    .option("--absent-ok <host>", "do nothing when this name has no address, as before the first start")
    .action(async (options: Common & { file: string }) => {
      const declared = await readClusterSettings(options.file);
      await withCluster(environment, options, (cluster) => applyClusterSettings(cluster, declared, environment.print));
    });
}
