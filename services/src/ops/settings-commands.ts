import type { Command } from "commander";
import { number } from "./arguments.js";
import { type Common, type ProgramEnvironment, withCluster } from "./environment.js";
import { applyClusterSettings, checkClusterSettings, readClusterSettings } from "./settings.js";

/** Adds `settings check` and `settings apply`. */
export function addSettings(program: Command, environment: ProgramEnvironment): void {
  const { print } = environment;
  const settings = program
    .command("settings")
    .description("settings of all brokers that Kafka can change while they run");
  for (const [name, action, description] of [
    ["check", checkClusterSettings, "ask Kafka whether it would take what the file declares"],
    ["apply", applyClusterSettings, "make them what the file declares"],
  ] as const) {
    settings
      .command(name)
      .description(description)
      .option("--wait <seconds>", "how long to wait for brokers", number(0, 86_400), 120)
      .option("--absent-ok <host>", "do nothing when this name has no address, as before the first start")
      .requiredOption("--file <path>", 'the declaration, {"cluster": {…}}')
      .action(async (options: Common & { file: string }) => {
        const declared = await readClusterSettings(options.file);
        const waitMs = options.wait * 1_000;
        await withCluster(environment, options, (cluster) => action(cluster, declared, { waitMs, print }));
      });
  }
}
