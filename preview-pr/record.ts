import * as fs from "node:fs";
import * as path from "node:path";

import { readConfig, readProject, runProgram, startMonitor } from "kafka-stack-engine";
import { type RecordedResource, Recorder } from "./recorder";

/** The stacks of a checkout: every `Pulumi.<stack>.yaml`, in order of their names. */
export function stacksOf(root: string): string[] {
  return fs
    .readdirSync(root)
    .map((file) => /^Pulumi\.(.+)\.ya?ml$/.exec(file)?.[1])
    .filter((stack) => stack !== undefined)
    .sort();
}

/**
 * Runs the Pulumi program of a checkout for one stack and records what it registers. Nothing is created: it needs
 * neither a cluster nor docker nor the secrets of the stack file, which are replaced by a placeholder.
 *
 * @param root folder of Pulumi.yaml, with node_modules.
 * @throws when the program fails, with its errors.
 */
export async function recordStack(root: string, stack: string): Promise<RecordedResource[]> {
  const project = readProject(root);
  const recorder = new Recorder(project.name, stack);
  const monitor = await startMonitor(recorder);
  const printed: string[] = [];
  const hidden = new Set<string>();
  const encrypted = (key: string): string => {
    hidden.add(key);
    return placeholder(key);
  };
  try {
    const exitCode = await runProgram({
      project,
      stack,
      preview: true,
      address: monitor.address,
      config: readConfig(project, path.join(root, `Pulumi.${stack}.yaml`), { encrypted }),
      env: process.env,
      print: (line) => printed.push(line),
    });
    if (exitCode !== 0 || recorder.errors.length > 0) {
      const why = recorder.errors.length > 0 ? recorder.errors : printed;
      throw new Error(`The program of stack ${stack} fails: ${why.join("\n")}${aboutHidden(hidden)}`);
    }
  } finally {
    monitor.stop();
  }
  return recorder.resources;
}

/** What to know of a failure where values were not read, each named by the last part of its key. */
function aboutHidden(keys: ReadonlySet<string>): string {
  if (keys.size === 0) return "";
  const names = [...keys].sort().join(", ");
  return `\nEncrypted values cannot be read here; the word "encrypted" stood in the place of ${names}. If that is why it fails, encrypt secrets alone: \`pulumi config set\` without --secret writes the others in plain text, and \`--secret --path cluster.kubeconfig\` a single key of a map.`;
}

/** A placeholder for the encrypted value of a key. The schema wants the form of a certificate where one belongs. */
export const placeholder = (key: string): string =>
  key === "ca" ? "-----BEGIN CERTIFICATE-----\nencrypted\n-----END CERTIFICATE-----\n" : "encrypted";
