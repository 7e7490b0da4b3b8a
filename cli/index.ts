/** `npm run kafka-stack -- <verb>`: all commands for people, with one page of help. The npm scripts are short names for them. */
import "../sandbox/host/check-node";
import { Command } from "commander";

/** A verb. Each is a separate program, loaded when it is called, that parses `process.argv` itself. */
interface Verb {
  readonly group: string;
  readonly summary: string;
  readonly load: () => Promise<unknown>;
  /** Whether its program has several verbs and must be told which one. @default false */
  readonly told?: boolean;
}

const STACK = "A stack:";
const ASK = "Before a change:";
const USE = "Kafka and the chat of a stack that runs:";
const SANDBOX = "The sandbox:";

const engine = (summary: string, group = STACK): Verb => ({
  group,
  summary,
  load: () => import("../sandbox/stack/cli.js"),
  told: true,
});

const VERBS: Readonly<Record<string, Verb>> = {
  start: {
    group: STACK,
    summary: "start the sandbox when it does not run, bring the stack up on it, and say how to chat",
    load: () => import("../sandbox/start.js"),
  },
  stop: { group: STACK, summary: "take the stack down and keep its data", load: () => import("../sandbox/stop.js") },
  up: engine("make the stack what its program says"),
  down: engine("take the stack down"),
  preview: engine("show what up would change", ASK),
  preflight: {
    group: ASK,
    summary: "check what a stack needs from its cluster and from docker",
    load: () => import("./preflight.js"),
  },
  "preview-pr": {
    group: ASK,
    summary: "show as Markdown what merging a change would do to every stack; needs no cluster",
    load: () => import("./preview-pr.js"),
  },
  ops: { group: USE, summary: "Kafka's day-two work, in a pod of the stack", load: () => import("./ops.js") },
  client: {
    group: USE,
    summary: "Kafka's own tools, in a pod beside the brokers",
    load: () => import("./client/cli.js"),
  },
  chat: { group: USE, summary: "chat in a terminal", load: () => import("../services/src/chat/cli.js") },
  sandbox: {
    group: SANDBOX,
    summary: "a real Kubernetes on this machine: up, down, status, node, nfs",
    load: () => import("../sandbox/cli.js"),
  },
  clean: {
    group: SANDBOX,
    summary: "delete the sandbox with all its data and what was built for it",
    load: () => import("../sandbox/clean.js"),
  },
};

const NAMES = `"help <verb>" shows the options of a verb. Wherever a verb is about a stack, -s names it (default: dev),
--context a context of your kubeconfig (default: the sandbox), and -n, for ops and client, its namespace.`;

/** The page of help. */
function help(): string {
  const page = new Command("npm run kafka-stack --")
    .usage("<verb> [options]")
    .description(
      "Kafka on Kubernetes: everything that is run by hand. Each verb but preview-pr has an npm script of its name.",
    )
    .helpOption(false)
    .helpCommand(false);
  for (const [name, { group, summary }] of Object.entries(VERBS)) {
    page.addCommand(new Command(name).description(summary).helpGroup(group));
  }
  return `${page.helpInformation()}\n${NAMES}\n`;
}

async function main([word, ...rest]: readonly string[]): Promise<void> {
  if (word === "help" && rest[0] !== undefined) return main([rest[0], "--help"]);
  if (word === undefined || ["help", "--help", "-h"].includes(word)) {
    process.stdout.write(help());
    process.exitCode = word === undefined ? 2 : 0;
    return;
  }
  const verb = Object.hasOwn(VERBS, word) ? VERBS[word] : undefined;
  if (!verb) {
    process.stderr.write(`There is no verb ${word}.\n\n${help()}`);
    process.exitCode = 2;
    return;
  }
  process.argv.splice(2, Infinity, ...(verb.told === true ? [word] : []), ...rest);
  await verb.load();
}

void main(process.argv.slice(2));
