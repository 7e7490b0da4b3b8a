import type { Command } from "commander";
import { brokerList, number } from "../arguments.js";
import { type Copying, type ProgramEnvironment, withCluster } from "../environment.js";
import { formatTable } from "../format.js";
import { isUnderReplicated, readPlacement } from "../placement.js";
import { applyTopics, checkTopics } from "./apply.js";
import { readDeclaration } from "./declared.js";
import { narrowTopics } from "./narrow.js";

/**
 * Adds `topics check`, `topics narrow`, `topics apply` and `topics list`.
 *
 * @param moving - adds the options of commands that copy partitions
 */
export function addTopics(
  program: Command,
  environment: ProgramEnvironment,
  moving: (command: Command) => Command,
): void {
  const { print, signal } = environment;
  const topics = program.command("topics").description("topics and their declared shape");
  for (const [name, action, description] of [
    ["check", checkTopics, "say what apply would do"],
    ["apply", applyTopics, "create and change topics as the file declares"],
  ] as const) {
    moving(topics.command(name))
      .description(description)
      .option("--brokers <count>", "the future number of brokers, instead of waiting", number(1, 1e6))
      .requiredOption("--file <path>", "the declaration, topics.json")
      .option("--wait <seconds>", "how long to wait for enough brokers", number(0, 86_400), 300)
      .action(async (options: Copying & { file: string; brokers?: number }) => {
        const declaration = await readDeclaration(options.file);
        await withCluster(environment, options, async (cluster) => {
          await action(cluster, declaration, { ...options, waitMs: options.wait * 1_000, print, signal });
        });
      });
  }
  moving(topics.command("narrow"))
    .description("remove replicas from topics that have more than declared, before brokers leave; copies nothing")
    .addOption(brokerList("--keep <ids>", "the brokers that stay").makeOptionMandatory())
    .requiredOption("--file <path>", "the declaration, topics.json")
    .option("--wait <seconds>", "how long to wait for brokers", number(0, 86_400), 300)
    .action(async (options: Copying & { file: string; keep: number[] }) => {
      const declaration = await readDeclaration(options.file);
      await withCluster(environment, options, (cluster) =>
        narrowTopics(cluster, declaration, { ...options, waitMs: options.wait * 1_000, print, signal }),
      );
    });
  topics
    .command("list")
    .description("show the topics of the cluster")
    .option("--json", "for programs", false)
    .action(async ({ json }: { json: boolean }) => {
      await withCluster(environment, {}, async (cluster) => {
        const { partitions } = await readPlacement(cluster);
        const rows = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, members]) => ({
          name,
          partitions: members.length,
          replicationFactor: Math.max(...members.map(({ replicas }) => replicas.length)),
          underReplicated: members.filter(isUnderReplicated).length,
        }));
        rows.sort((a, b) => (a.name < b.name ? -1 : 1));
        if (json) print(JSON.stringify(rows, undefined, 2));
        else {
          formatTable([
            ["TOPIC", "PARTITIONS", "REPLICATION", "UNDER-REPLICATED"],
            ...rows.map((row) => [row.name, row.partitions, row.replicationFactor, row.underReplicated]),
          ]).forEach(print);
        }
      });
    });
}
