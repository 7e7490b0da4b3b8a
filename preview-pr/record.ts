import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";

import { parseExactYaml, readConfig, readProject, runProgram, startMonitor } from "kafka-stack-engine";
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
  try {
    const exitCode = await runProgram({
      project,
      stack,
      preview: true,
      address: monitor.address,
      config: configWithoutSecrets(root, stack),
      env: process.env,
      print: (line) => printed.push(line),
    });
    if (exitCode !== 0 || recorder.errors.length > 0) {
      const why = recorder.errors.length > 0 ? recorder.errors : printed;
      throw new Error(`The program of stack ${stack} fails: ${why.join("\n")}`);
    }
  } finally {
    monitor.stop();
  }
  return recorder.resources;
}

/** The config of a stack as programs get it, with placeholders for encrypted values. */
function configWithoutSecrets(root: string, stack: string): Record<string, string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "preview-pr-"));
  try {
    const stackFile = fs.readFileSync(path.join(root, `Pulumi.${stack}.yaml`), "utf8");
    const readable = path.join(folder, "stack.yaml");
    fs.writeFileSync(readable, stringify(replaceEncrypted(parseExactYaml(stackFile))));
    return readConfig(readProject(root), readable);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function replaceEncrypted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(replaceEncrypted);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value);
  return entries.length === 1 && entries[0]?.[0] === "secure"
    ? "encrypted"
    : Object.fromEntries(entries.map(([key, item]) => [key, replaceEncrypted(item)]));
}
