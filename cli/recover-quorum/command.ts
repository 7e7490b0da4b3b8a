import { Command } from "commander";
import { kubeConfig } from "../kubernetes";
import { Pods } from "../pods";
import { print } from "../print";
import { namespaceOf, type StackOptions } from "../stack-options";
import { carryOut } from "./carry-out";
import { commandFor, costs, judge, type Named } from "./plan";
import { survey } from "./servers";
import type { Server } from "./survey";

interface Options extends Named {
  readonly context?: string;
  readonly namespace: string;
}

const list = (text: string): string[] => text.split(",").filter((name) => name !== "");

/** `npm run ops -- recover-quorum`: reports what is left of the metadata of a quorum that lost most of its disks; with names, recovers it from there. */
export const recoverQuorum = (): Command =>
  new Command("recover-quorum")
    .description("bring back a quorum that lost most of its disks, from the most complete copy of the metadata")
    .option("--from <server>", "the server whose copy is taken")
    .option("--lost <controllers>", "the controllers whose disks are lost for good", list)
    .option("--without <brokers>", "brokers that cannot be asked, and are gone for good", list)
    .configureHelp({ showGlobalOptions: true })
    .action(async (_own: unknown, command: Command) => {
      // Which stack, and where, are options of `ops`.
      const options = command.optsWithGlobals<Named & StackOptions>();
      process.exitCode = await recover({ ...options, namespace: namespaceOf(process.cwd(), options) }, print);
    });

/** @returns the exit code: 0 when the quorum is back, 1 when it is refused, 2 when it has to be named first */
async function recover(options: Options, print: (line: string) => void): Promise<number> {
  const pods = new Pods(await kubeConfig(options.context), options.namespace);
  const look = () => survey(pods);
  const { servers, fixed } = await look();
  for (const server of servers) print(line(server));
  const judgement = judge(servers, fixed, options);
  if (judgement.kind === "refused") {
    print(judgement.why);
    return 1;
  }
  costs(judgement.plan).forEach(print);
  if (judgement.kind === "unnamed") {
    if (judgement.why !== undefined) print(judgement.why);
    print(`Nothing was changed. To recover: ${commandFor(judgement.plan, options)}`);
    return 2;
  }
  await carryOut(pods, { servers, plan: judgement.plan }, options, look, print);
  return 0;
}

function line({ name, disk }: Server): string {
  if (typeof disk === "string") return `${name}: does not answer (${disk})`;
  const { copy } = disk;
  if (!copy) return `${name}: no copy of the metadata`;
  const time = copy.written > 0 ? `, ${new Date(copy.written).toISOString()}` : "";
  return `${name}: a copy up to offset ${copy.end} of epoch ${copy.epoch}${time}`;
}
