import { Command, InvalidArgumentError } from "commander";
import { kubeConfig } from "../kubernetes";
import { type Named, Pods, serversOf } from "../pods";
import { print } from "../print";
import { namespaceOf, type StackOptions } from "../stack-options";
import { type Options, recover } from "./recover";

const idsOf = (text: string): number[] =>
  text.split(",").map((id) => {
    if (!/^(0|[1-9]\d*)$/.test(id)) throw new InvalidArgumentError("It is a list of node ids, such as 0,2.");
    return Number(id);
  });

function brokersOf(settings: Readonly<Record<string, string>>): Named[] {
  const count = Number(settings["brokers"]);
  if (!(count > 0)) throw new Error("The stack's ConfigMap does not say how many brokers there are.");
  return serversOf("broker", count);
}

/** `npm run ops -- recover-partitions`: reports partitions without a leader, and where each copy ends; when asked to, makes the most complete copies leaders and lets servers with lost disks begin. */
export const recoverPartitions = (): Command =>
  new Command("recover-partitions")
    .description("give partitions a leader whose disks were lost: the most complete copy that is left")
    .option("--elect", "make the most complete copies leaders")
    .option(
      "--lost <brokers>",
      "node ids of brokers whose disks are lost for good: they begin with empty copies",
      idsOf,
    )
    .configureHelp({ showGlobalOptions: true })
    .action(async (_own: unknown, command: Command) => {
      // Which stack, and where, are options of `ops`.
      const options = command.optsWithGlobals<Options & StackOptions>();
      const pods = new Pods(await kubeConfig(options.context), namespaceOf(process.cwd(), options));
      const access = {
        brokers: async () => brokersOf(await pods.settings()),
        run: pods.run.bind(pods),
        quorum: pods.quorum.bind(pods),
      };
      process.exitCode = await recover(access, options, print);
    });
