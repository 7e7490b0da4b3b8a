/** `npm run preflight -- --stack X`: checks what a stack needs from its cluster and from docker, and reports everything that is missing. It only reads. */
import { KubeConfig } from "@kubernetes/client-node";
import { Command } from "commander";
import { existsSync } from "node:fs";
import { loadKubeconfig } from "../components/kubernetes/kubeconfig";
import { stackName } from "kafka-stack-engine";
import { run } from "kafka-stack-processes";
import { mergeStackFile } from "../sandbox/stack/stack-file";
import { missing } from "../preflight/checks";
import { readCluster } from "../preflight/facts";
import { builderOf, checkAuthority, checkRegistry } from "../preflight/registry";
import { readStackConfig } from "../preflight/stack-config";
import { configOption, type StackOptions, stackOptions } from "./stack-options";

interface Options extends StackOptions {
  readonly config: string[];
}

async function preflight({ stack: given, config: set, context }: Options): Promise<void> {
  const root = process.cwd();
  const stack = stackName(root, given);
  const { configFile, env } = await mergeStackFile({ root, stack, set, ...(context !== undefined && { context }) });
  const sandbox = env["KUBECONFIG"];
  if (context === undefined && (sandbox === undefined || !existsSync(sandbox))) {
    throw new Error("The sandbox does not run: start it with npm run sandbox -- up, or name a cluster with --context.");
  }
  const { config, withoutCredentials, warnings } = readStackConfig(root, configFile);
  for (const warning of warnings) console.log(`Config: ${warning}`);
  const facts = await readCluster(
    await loadKubeconfig(new KubeConfig(), config.cluster, env),
    config.cluster.namespace,
  );
  const running = facts.services?.some(
    ({ metadata }) => metadata?.namespace === `${config.cluster.namespace}-registry`,
  );
  const host = env["DOCKER_HOST"];
  const docker = (args: readonly string[], more: Readonly<Record<string, string>>) =>
    run("docker", args, { env: { ...process.env, ...more, ...(host !== undefined && { DOCKER_HOST: host }) } });
  // Images that are given by digest need no docker.
  const built = config.images.kafka === undefined || config.images.services === undefined;
  const builder = built ? await builderOf(docker) : undefined;
  const problems = [
    ...missing(config, builder && "builds" in builder ? { ...facts, ...builder } : facts),
    ...(await checkAuthority(config)),
    // Without its password, a registry that asks for one gives no useful answer.
    ...(builder && !("builds" in builder)
      ? [builder]
      : builder && !withoutCredentials
        ? await checkRegistry(config, running ?? false, docker)
        : []),
  ];
  if (built && withoutCredentials) {
    console.log(
      "Whether docker reaches the registry is not checked: its password is encrypted (give it with -c registry.password=…).",
    );
  }
  if (problems.length === 0) {
    console.log(
      `Nothing is missing for the stack ${stack}: Kubernetes ${facts.version ?? ""}, ${facts.nodes?.length ?? 0} nodes.`,
    );
    return;
  }
  const count = problems.length === 1 ? "One thing is" : `${problems.length} things are`;
  console.error(`${count} missing for the stack ${stack}:`);
  for (const { path, message } of problems) console.error(`  ${path}: ${message}`);
  process.exitCode = 1;
}

export const command = configOption(
  stackOptions(new Command("preflight").description("Checks what a stack needs from its cluster and from docker.")),
).action(preflight);
