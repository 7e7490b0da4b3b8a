import { Command } from "commander";
import { until } from "kafka-stack-waiting";
import { kubeConfig } from "../kubernetes";
import { Pods } from "../pods";
import { print } from "../print";
import { namespaceOf, type StackOptions } from "../stack-options";
import { commandFor, costs, judge, type Named, type Plan } from "./plan";
import { survey } from "./servers";
import type { Server } from "./survey";

/** How long a quorum may take to elect a leader, in milliseconds. */
const ELECTION_MS = 300_000;

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
  const { servers, fixed } = await survey(pods);
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
  await carryOut(pods, judgement.plan, print);
  return 0;
}

function line({ name, disk }: Server): string {
  if (typeof disk === "string") return `${name}: does not answer (${disk})`;
  const { copy } = disk;
  if (!copy) return `${name}: no copy of the metadata`;
  const time = copy.written > 0 ? `, ${new Date(copy.written).toISOString()}` : "";
  return `${name}: a copy up to offset ${copy.end} of epoch ${copy.epoch}${time}`;
}

async function carryOut(pods: Pods, plan: Plan, print: (line: string) => void): Promise<void> {
  const { from, copy, lost, voters, epoch } = plan;
  const content = await pods.run(from.name, ["quorum-recovery.sh", "export"]);
  const all = [...voters].map(([id, directory]) => `${id}:${directory}`).join(",");
  // All of them before the first one starts: until then nothing has happened, and the command can be given again.
  try {
    for (const { name, id } of lost) {
      const stage = ["stage", String(content.length), String(copy.end), String(epoch), voters.get(id) ?? "", all];
      await pods.run(name, ["quorum-recovery.sh", ...stage], content);
      print(`${name} has received the copy.`);
    }
  } catch (error) {
    // A copy that stays is taken at the next start of its server, unless that has other metadata by then.
    await Promise.allSettled(lost.map(({ name }) => pods.run(name, ["quorum-recovery.sh", "discard"])));
    throw error;
  }
  for (const { name } of lost) await pods.restart(name);
  print("The controllers start with it.");
  const elected = async () => {
    const said = await Promise.all(
      lost.map(({ name }) =>
        pods.quorum(name).catch((error: unknown) => (error instanceof Error ? error.message : "")),
      ),
    );
    const leader = said.map((text) => /^leader=(\d+)$/m.exec(text)?.[1]).find((id) => id !== undefined);
    const reached = said.some((text) => Number(/^highWatermark=(\d+)$/m.exec(text)?.[1] ?? -1) > copy.end);
    return reached ? leader : undefined;
  };
  const late = () =>
    `The controllers have the copy and elect no leader after ${ELECTION_MS / 1000} s: their logs say why. What was on their volumes lies there in before-recovery-…; the command can be given again.`;
  const leader = await until(elected, { what: "there is a leader", timeout: ELECTION_MS, interval: 1_000, late });
  print(
    `The quorum is back: node ${leader} leads it. Brokers that have stopped come back by themselves; \`npm run ops -- status\` says how far they are.`,
  );
}
