import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "kafka-stack-processes";
import { parse, stringify } from "yaml";
import { temporaryFolder } from "./temporary";
import { ROOT } from "./stacks";

/** The contents of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { optional?: boolean }>>;
}

/** Reads a package.json. */
export const manifestAt = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** The package as `npm publish` would send it: the file that `npm pack` makes of what `npm run build` makes. */
export async function packed(): Promise<string> {
  const folder = temporaryFolder();
  const dist = join(folder, "dist");
  await run(process.execPath, ["--import", "tsx", join(ROOT, "scripts", "build-package.ts"), dist], { cwd: ROOT });
  await run("npm", ["pack", "--silent", "--pack-destination", folder, dist], { cwd: folder });
  const [tarball = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  return join(folder, tarball);
}

/**
 * A folder with the package as npm would install it: with the packages that it declares, and nothing else of this repository.
 *
 * @param tools further packages in the folder.
 */
export async function installed(tarball: string, ...tools: string[]): Promise<string> {
  const folder = temporaryFolder();
  const modules = join(folder, "node_modules");
  const own = join(modules, "kafka-stack");
  mkdirSync(own, { recursive: true });
  await run("tar", ["-xzf", tarball, "-C", own, "--strip-components=1"]);
  const { dependencies, peerDependencies, peerDependenciesMeta } = manifestAt(own);
  const needed = Object.keys({ ...dependencies, ...peerDependencies }).filter(
    (name) => peerDependenciesMeta?.[name]?.optional !== true,
  );
  for (const name of [...needed, ...tools]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  return folder;
}

/** Copies an example into a folder that has the package. @returns the copy */
export function exampleIn(folder: string, example: string): string {
  const copy = join(folder, example);
  cpSync(join(ROOT, "examples", example), copy, {
    recursive: true,
    filter: (file) => !file.includes("node_modules"),
  });
  return copy;
}

/** Pulumi.yaml of a template: what `pulumi new` asks is in `template`, which does not stay. */
interface TemplateProject {
  readonly template: { readonly config: Readonly<Record<string, { readonly default?: string }>> };
}

/**
 * Does in a folder that has the package what `pulumi new` does: copies the files of a template, fills in the project's name and description, and writes the answers into the stack file.
 *
 * @param answers config as somebody types it; for other keys the template's defaults.
 * @returns the new project
 */
export function projectFrom(template: string, folder: string, answers: Readonly<Record<string, string>>): string {
  const [source, project] = [join(ROOT, "templates", template), join(folder, `from-${template}`)];
  mkdirSync(project);
  const variables = { PROJECT: "my-kafka", DESCRIPTION: "Kafka of mine" };
  const filled = (text: string) =>
    Object.entries(variables).reduce((all, [name, value]) => all.replaceAll(`\${${name}}`, value), text);
  for (const file of readdirSync(source).filter((name) => name !== "node_modules")) {
    writeFileSync(join(project, file), filled(readFileSync(join(source, file), "utf8")));
  }
  const file = join(project, "Pulumi.yaml");
  const { template: asked, ...kept } = parse(readFileSync(file, "utf8")) as TemplateProject;
  writeFileSync(file, stringify(kept));
  const config = Object.entries(asked.config).map(([key, { default: usual }]) => [
    `${variables.PROJECT}:${key}`,
    answers[key] ?? usual,
  ]);
  writeFileSync(join(project, "Pulumi.dev.yaml"), stringify({ config: Object.fromEntries(config) as unknown }));
  return project;
}
