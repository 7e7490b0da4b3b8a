import { Command } from "commander";
import { brokerList, number } from "./arguments.js";
import { waitForBrokers } from "./brokers.js";
import type { Cluster } from "./cluster.js";
import { awaitMoves, finishChange, prepareChange } from "./commands/change.js";
import { keepControllers } from "./commands/controllers.js";
import { brokersBeside, drain } from "./commands/drain.js";
import { previewMoves } from "./commands/preview-moves.js";
import { moveOptions, redistribute } from "./commands/redistribute.js";
import { judge, reportCluster } from "./commands/report.js";
import { showChecks, showReport } from "./commands/show.js";
import { showMoves } from "./commands/show-moves.js";
import { unregister } from "./commands/unregister.js";
import { readDesiredState } from "./desired-state.js";
import { electLeaders } from "./elections.js";
import { type Common, type Copying, type ProgramEnvironment, withCluster } from "./environment.js";
import { readExpirations, showExpirations } from "./expirations.js";
import { count } from "./format.js";
import { addLogLevel } from "./log-level.js";
import { clusterPort } from "./move/cluster-port.js";
import { settle } from "./move/mover.js";
import { DEFAULT_DISK_LIMIT } from "./move/room.js";
import { RefusedError } from "./refused.js";
import { addSettings } from "./settings-commands.js";
import { addTopics } from "./topics/commands.js";
import { addUsers } from "./users/commands.js";

interface Spreading extends Copying {
  readonly dryRun: boolean;
  readonly evenBytes?: boolean;
  readonly await?: boolean;
}

/** The command line of `ops`. A refused action throws {@link RefusedError}, bad usage commander's error. */
export function createProgram(environment: ProgramEnvironment): Command {
  const { print, signal } = environment;
  const program = new Command("ops").description("Kafka operations. KAFKA_BOOTSTRAP_ADDRESS names the brokers.");
  const run = (options: Partial<Common>, action: (cluster: Cluster) => Promise<void>) =>
    withCluster(environment, options, action);
  const command = (name: string, description: string, waitSeconds = 300) =>
    program
      .command(name)
      .description(description)
      .option("--wait <seconds>", "how long to wait for brokers", number(0, 86_400), waitSeconds);
  const moving = (each: Command) =>
    each
      .option(
        "--throttle <bytes>",
        "bytes per second that copying may take of a broker",
        number(1_024, 1e12),
        52_428_800,
      )
      .option(
        "--batch-bytes <bytes>",
        "bytes for a broker to copy per batch, but at least one partition (default: five minutes' worth)",
        number(1, Number.MAX_SAFE_INTEGER),
      )
      .option("--stall <seconds>", "give up after this time without a copied byte", number(1, 31_536_000), 900)
      .option("--disk-limit <percent>", "how full moves may make a disk", number(1, 100), DEFAULT_DISK_LIMIT);
  const spreading = (options: Spreading, brokers: readonly number[]) => ({
    ...options,
    brokers,
    handOver: options.await === false,
    waitMs: options.wait * 1_000,
    print,
    signal,
  });

  moving(command("rebalance", "spread partitions and leaders evenly over brokers"))
    .option("--dry-run", "say what would be moved, and move nothing", false)
    .option("--no-await", "hand all moves to Kafka at once, without waiting for their end")
    .option("--even-bytes", "give brokers equally many bytes, too", false)
    .addOption(brokerList("--brokers <ids>", "the brokers that hold everything").makeOptionMandatory())
    .action((options: Spreading & { brokers: number[] }) =>
      run(options, (cluster) => redistribute(cluster, spreading(options, options.brokers))),
    );
  moving(command("plan", "show what rebalance would move, and how long it would take", 10))
    .option("--json", "for programs", false)
    .option("--even-bytes", "give brokers equally many bytes, too", false)
    .addOption(brokerList("--brokers <ids>", "the brokers that would hold everything").makeOptionMandatory())
    .action((options: Copying & { brokers: number[]; json: boolean; evenBytes: boolean }) =>
      run(options, async (cluster) => {
        const say = options.json ? () => undefined : print;
        const preview = await previewMoves(cluster, { ...options, print: say, signal });
        if (options.json) print(JSON.stringify(preview, undefined, 2));
        else showMoves(preview).forEach(print);
      }),
    );
  moving(command("settle", "wait until no partition moves, then remove throttles")).action((options: Copying) =>
    run(options, async (cluster) => {
      await settle(clusterPort(cluster, options.throttle), moveOptions({ ...options, print, signal }));
      print("No partition moves, and no throttle is set.");
    }),
  );
  moving(command("drain", "move everything off leaving brokers"))
    .option("--dry-run", "say what would be moved, and move nothing", false)
    .addOption(brokerList("--keep <ids>", "the brokers that stay"))
    .argument("[broker]", "the one broker to drain, instead of --keep", number(0, 2_147_483_647))
    .action(async (broker: number | undefined, options: Spreading & { keep?: number[] }) => {
      refuseUnlessEither(broker, options.keep);
      await run(options, async (cluster) => {
        const keep = options.keep ?? (await brokersBeside(cluster, broker ?? -1, print));
        await drain(cluster, { ...spreading(options, []), keep });
      });
    });
  command("unregister", "unregister stopped brokers that are not kept", 120)
    .addOption(brokerList("--keep <ids>", "the brokers that stay").makeOptionMandatory())
    .action((options: Common & { keep: number[] }) =>
      run(options, (cluster) => unregister(cluster, { keep: options.keep, waitMs: options.wait * 1_000, print })),
    );
  command("wait", "wait until brokers are registered and serve")
    .addOption(brokerList("--brokers <ids>", "the brokers to wait for").makeOptionMandatory())
    .action((options: Common & { brokers: number[] }) =>
      run(options, async (cluster) => {
        await waitForBrokers(cluster, options.brokers, options.wait * 1_000, print);
        print(`${count(options.brokers.length, "broker")} up.`);
      }),
    );
  command("controllers", "remove the votes of leaving controllers", 300)
    .addOption(brokerList("--keep <ids>", "the controllers that stay voters").makeOptionMandatory())
    .option("--joined", "also wait until all that stay are voters", false)
    .option("--settle <seconds>", "how long no removed controller may have rejoined", number(0, 3_600), 5)
    .action((options: Common & { keep: number[]; joined: boolean; settle: number }) =>
      run(options, (cluster) =>
        keepControllers(cluster, {
          keep: options.keep,
          joined: options.joined,
          waitMs: options.wait * 1_000,
          settleMs: options.settle * 1_000,
          orders: environment.orders,
          print,
        }),
      ),
    );
  command("elect-leaders", "give partitions back to their preferred leaders", 60).action((options: Common) =>
    run(options, (cluster) => electLeaders(cluster, options.wait * 1_000, print)),
  );
  command("status", "show brokers, controllers and problems", 10)
    .option("--json", "for programs", false)
    .action((options: Common & { json: boolean }) =>
      run(options, async (cluster) => {
        const report = await reportCluster(cluster);
        const brokers = [...(await cluster.describe([])).brokers.values()].sort((a, b) => a.id - b.id);
        const certificates = await readExpirations(brokers, environment.tlsDirectory);
        const closed = certificates.length > 0;
        if (options.json) print(JSON.stringify({ ...report, ...(closed && { certificates }) }, undefined, 2));
        else [...showReport(report), ...showExpirations(certificates, new Date())].forEach(print);
      }),
    );
  command("verify", "check that the cluster is healthy; exit code 1 when it is not", 10)
    .addOption(brokerList("--brokers <ids>", "brokers that must be up"))
    .option("--json", "for programs", false)
    .action((options: Common & { json: boolean; brokers?: number[] }) =>
      run(options, async (cluster) => {
        const checks = judge(await reportCluster(cluster), options.brokers);
        if (options.json) print(JSON.stringify(checks, undefined, 2));
        else showChecks(checks).forEach(print);
        const wrong = checks.filter(({ ok }) => !ok);
        if (wrong.length > 0)
          throw new RefusedError(
            `${count(wrong.length, "check")} failed: ${wrong.map(({ name }) => name).join("; ")}.`,
          );
      }),
    );
  addTopics(program, environment, moving);
  addUsers(program, environment);
  addSettings(program, environment);
  addLogLevel(program, environment);
  for (const [name, action, description] of [
    ["prepare", prepareChange, "prepare a change of servers: check topics and settings, drain leaving servers"],
    ["finish", finishChange, "complete a change once the servers run"],
    ["await-moves", awaitMoves, "wait for the end of moves that were handed to Kafka"],
  ] as const) {
    program
      .command(name)
      .description(description)
      .requiredOption("--file <path>", "the desired state of the cluster, cluster.json")
      .action(async ({ file }: { file: string }) => {
        await action(environment, await readDesiredState(file));
      });
  }
  throwInsteadOfExit(program);
  return program;
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
}

function refuseUnlessEither(broker: number | undefined, keep: readonly number[] | undefined): void {
  if (keep !== undefined && broker !== undefined)
    throw new RefusedError("Give either the broker to drain or --keep, not both.");
  if (keep === undefined && broker === undefined)
    throw new RefusedError("Give the broker to drain, or --keep with the brokers that stay.");
}
