/** Finds the Pulumi CLI and its plugins, and downloads them where possible. */
import { run } from "kafka-stack-processes";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const PROBE_MS = 3_000;
const DOWNLOAD_HOST = "https://get.pulumi.com";

/** A Pulumi plugin with its version. */
export interface Plugin {
  readonly name: string;
  readonly version: string;
}

function homeOf(env: NodeJS.ProcessEnv): string {
  return env["PULUMI_HOME"] ?? path.join(os.homedir(), ".pulumi");
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return folders
    .map((folder) => path.join(folder, name))
    .filter(isExecutable)
    .find((file) => !fs.realpathSync(file).includes(`${path.sep}node_modules${path.sep}`));
}

/** The CLI on this machine: on the PATH, or the one that the npm package `pulumi` downloaded. */
export function findCli(root: string, env: NodeJS.ProcessEnv): string | undefined {
  const version = packageOf(root, "pulumi")?.version;
  const cached = version === undefined ? undefined : path.join(homeOf(env), "versions", version, "bin", "pulumi");
  return findOnPath("pulumi", env) ?? (cached !== undefined && isExecutable(cached) ? cached : undefined);
}

/** Whether Pulumi's downloads can be reached, within a few seconds. */
export async function canDownload(): Promise<boolean> {
  try {
    const response = await fetch(`${DOWNLOAD_HOST}/install.sh`, {
      method: "HEAD",
      signal: AbortSignal.timeout(PROBE_MS),
    });
    return response.ok;
  } catch {
    return false;
  }
}

/** Lets the npm package `pulumi` download the CLI. @returns its path, `undefined` when that failed */
export async function downloadCli(root: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const wrapper = require.resolve("pulumi/run.js", { paths: [root] });
    await run(process.execPath, [wrapper, "version"], { env, cwd: root });
  } catch {
    return undefined;
  }
  return findCli(root, env);
}

/** The plugins that the program's packages need and this machine lacks. */
export function missingPlugins(root: string, env: NodeJS.ProcessEnv, cli: string): string[] {
  const language = path.join(path.dirname(fs.realpathSync(cli)), "pulumi-language-nodejs");
  const missing =
    isExecutable(language) || findOnPath("pulumi-language-nodejs", env) !== undefined ? [] : ["language nodejs"];
  for (const { name, version } of neededPlugins(root)) {
    const program = `pulumi-resource-${name}`;
    const folder = path.join(homeOf(env), "plugins", `resource-${name}-v${version}`);
    // The CLI keeps a file of this name beside a plugin until its installation is complete.
    const whole = isExecutable(path.join(folder, program)) && !fs.existsSync(`${folder}.partial`);
    if (!whole && findOnPath(program, env) === undefined) {
      missing.push(`${name} ${version}`);
    }
  }
  return missing;
}

function neededPlugins(root: string): Plugin[] {
  const dependencies = Object.keys(readPackage(path.join(root, "package.json"))?.dependencies ?? {});
  return dependencies.flatMap((dependency) => {
    const manifest = packageOf(root, dependency);
    const { resource, name, version } = manifest?.pulumi ?? {};
    const found = version ?? manifest?.version;
    return resource === true && name !== undefined && found !== undefined ? [{ name, version: found }] : [];
  });
}

interface PackageJson {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly pulumi?: { readonly resource?: boolean; readonly name?: string; readonly version?: string };
}

function packageOf(root: string, name: string): PackageJson | undefined {
  return readPackage(path.join(root, "node_modules", name, "package.json"));
}

function readPackage(file: string): PackageJson | undefined {
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as PackageJson) : undefined;
}
