/** `npm run kafka-stack -- <verb>`: all commands for people, with one page of help. The npm scripts are short names for them. */
import "../sandbox/host/check-node";
import { Command } from "commander";
import { reportFailure } from "./report-failure";

/** A verb. Its command is loaded when it is called. */
interface Verb {
  readonly group: string;
  readonly summary: string;
  /** Loads the command. `chat` has none here: it is a program of its own, which reads `process.argv` when it is loaded. */
  readonly load: () => Promise<{ readonly command?: Command }>;
  /** Whether it has commands of its own, with help for each of them. @default false */
  readonly commands?: true;
  /** The exit code of a failure. @default 1 */
  readonly failed?: number;
  /** The exit code of wrong usage, such as an unknown option. @default 2 */
  readonly misused?: number;
}

/** The exit code of wrong usage, as of most commands. */
const MISUSED = 2;

const STACK = "A stack:";
const ASK = "Before a change:";
const USE = "Kafka and the chat of a stack that runs:";
const SANDBOX = "The sandbox:";

const engine = (verb: "up" | "down" | "preview", summary: string, group = STACK): Verb => ({
  group,
  summary,
  load: async () => ({ command: (await import("./stack.js")).engineCommand(verb, summary) }),
});

const VERBS: Readonly<Record<string, Verb>> = {
  start: {
    group: STACK,
    summary: "start the sandbox when it does not run, bring the stack up on it, and say how to chat",
    load: () => import("./start.js"),
  },
  stop: { group: STACK, summary: "take the stack down and keep its data", load: () => import("./stop.js") },
  up: engine("up", "make the stack what its program says"),
  down: engine("down", "take the stack down"),
  preview: engine("preview", "show what up would change", ASK),
  preflight: {
    group: ASK,
    summary: "check what a stack needs from its cluster and from docker",
    load: () => import("./preflight.js"),
  },
  "preview-pr": {
    group: ASK,
    summary: "show as Markdown what merging a change would do to every stack; needs no cluster",
    load: () => import("./preview-pr.js"),
    // 1 says that a mandatory policy is violated, and 2 that there is no report.
    failed: 2,
  },
  ops: {
    group: USE,
    summary: "Kafka's day-two work, in a pod of the stack",
    load: () => import("./ops.js"),
    commands: true,
    // 2 says that a recovery has only looked.
    misused: 1,
  },
  client: {
    group: USE,
    summary: "Kafka's own tools, in a pod beside the brokers",
    load: () => import("./client/cli.js"),
  },
  chat: {
    group: USE,
    summary: "chat in a terminal",
    load: async () => {
      await import("../services/src/chat/cli.js");
      return {};
    },
  },
  sandbox: {
    group: SANDBOX,
    summary: "a real Kubernetes on this machine: up, down, status, node, nfs",
    load: () => import("./sandbox.js"),
    commands: true,
  },
  clean: {
    group: SANDBOX,
    summary: "delete the sandbox with all its data and what was built for it",
    load: () => import("./clean.js"),
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

/** Ends the process with this code when a command, or one of its own, is used wrongly: commander has said how by then. */
function exitWhenMisused(command: Command, code: number): void {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : code));
  for (const inner of command.commands) exitWhenMisused(inner, code);
}

async function main([word, ...words]: readonly string[]): Promise<void> {
  // "help clean" and "clean help" mean the same, and neither cleans.
  if (word === "help" && words[0] !== undefined) return main([words[0], "help", ...words.slice(1)]);
  if (word === undefined || ["help", "--help", "-h"].includes(word)) {
    process.stdout.write(help());
    process.exitCode = word === undefined ? MISUSED : 0;
    return;
  }
  const verb = Object.hasOwn(VERBS, word) ? VERBS[word] : undefined;
  if (!verb) {
    process.stderr.write(`There is no verb ${word}.\n\n${help()}`);
    process.exitCode = MISUSED;
    return;
  }
  const [first, ...others] = words;
  // Words after "client help" are dropped: a tool's own help would need a pod.
  const asked = first === "help" ? [...(verb.commands === true ? others : []), "--help"] : words;
  process.argv.splice(2, Infinity, ...asked);
  try {
    const { command } = await verb.load();
    if (command) exitWhenMisused(command, verb.misused ?? MISUSED);
    await command?.parseAsync();
  } catch (error) {
    reportFailure(error, verb.failed);
  }
}

void main(process.argv.slice(2));
