import { run as runCommand, type CommandOptions } from "kafka-stack-processes";

export { succeeds } from "kafka-stack-processes";

/** Runs a command to its end, as `run` of kafka-stack-processes, with variables besides those of this process. */
export function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return runCommand(command, args, { ...options, env: { ...process.env, ...options.env } });
}
