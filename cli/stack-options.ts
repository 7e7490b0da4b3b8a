import type { Command } from "commander";
import { readProject, readStackFile, stackName } from "kafka-stack-engine";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { valueFromText } from "../config/numbers";

/** The stack that a command works on, and its cluster and namespace. */
export interface StackOptions {
  readonly stack: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** The namespace of a stack whose file names none. */
const NAMESPACE = "kafka";

/** Adds the options of every command about a stack: which one, and on which cluster. */
export function stackOptions(command: Command): Command {
  return command
    .option("-s, --stack <name>", "the stack", "dev")
    .option("--context <name>", "use this context of your kubeconfig instead of the sandbox");
}

/** Adds the option of commands that read a stack in the cluster and not in its file. */
export function namespaceOption(command: Command): Command {
  return command.option(
    "-n, --namespace <name>",
    `namespace of the stack (default: that of its stack file, or ${NAMESPACE})`,
  );
}

/** Adds the option of commands that take other config values than those of the stack file. It may be given several times: the values are a list. */
export function configOption(command: Command): Command {
  return command.option("-c, --config <key=value>", "a config value for this run, like storage.type=nfs", collect, []);
}

/** Collects the values of an option that may be given several times. */
export const collect = (value: string, earlier: readonly string[]): string[] => [...earlier, value];

/**
 * The namespace of a stack: the one that is given, else that of the stack file.
 *
 * @param root folder of Pulumi.yaml.
 * @throws when the stack has no file.
 */
export function namespaceOf(root: string, { stack: given, namespace }: StackOptions): string {
  if (namespace !== undefined) return namespace;
  const stack = stackName(root, given);
  const project = readProject(root);
  const file = join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(file))
    throw new Error(`There is no stack file ${file}: name another stack, or its namespace with -n.`);
  const { document, config } = readStackFile(project, file);
  const cluster = config[`${project.name}:cluster`] ?? {};
  const named = (typeof cluster === "string" ? valueFromText(cluster) : cluster) as { namespace?: unknown } | null;
  const { namespace: found } = named ?? {};
  if (found === undefined && document["environment"] === undefined) return NAMESPACE;
  if (typeof found === "string" || typeof found === "number") return String(found);
  throw new Error(`The namespace of the stack ${stack} is not in ${file}: name it with -n.`);
}
