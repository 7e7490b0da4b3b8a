import type { Command } from "commander";
import { parseExactYaml, readProject, stackName } from "kafka-stack-engine";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Which stack a command is about, and where that is. */
export interface StackOptions {
  readonly stack: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** Where stacks are whose file names no namespace. */
const NAMESPACE = "kafka";

/** Adds the options that name a stack of a cluster. */
export function stackOptions(command: Command): Command {
  return command
    .option("-s, --stack <name>", "the stack", "dev")
    .option("--context <name>", "use this context of your kubeconfig instead of the sandbox")
    .option("-n, --namespace <name>", `namespace of the stack (default: that of its stack file, or ${NAMESPACE})`);
}

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
  const document = (parseExactYaml(readFileSync(file, "utf8")) ?? {}) as { config?: Record<string, unknown> };
  const cluster = document.config?.[`${project.name}:cluster`] ?? document.config?.["cluster"];
  const named = (cluster as { namespace?: unknown } | null | undefined)?.namespace;
  return typeof named === "string" ? named : NAMESPACE;
}
