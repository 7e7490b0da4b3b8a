import * as fs from "node:fs";
import * as path from "node:path";
import { parseExactYaml } from "./exact-yaml";
import { qualify, type Project } from "./project";
import { isObject, type PropertyMap } from "./values";

/** A stack file: `Pulumi.<stack>.yaml`. */
export interface StackFile {
  /** All of it, as written. */
  readonly document: Readonly<PropertyMap>;
  /** Its config, each key with its namespace. */
  readonly config: Readonly<PropertyMap>;
}

/** The keys of a stack file, by Pulumi's schema of it. */
const KEYS: readonly string[] = ["config", "encryptedkey", "encryptionsalt", "environment", "secretsprovider"];

/**
 * Reads a stack file. The Pulumi CLI passes over what it does not know, and makes of a file without config a stack of defaults: on a running stack
 * that would remove brokers. So a file that says nothing, or something else, is refused.
 *
 * @throws when the file is missing, is not one YAML document, has unknown keys or no `config`, or a key has no value or two.
 */
export function readStackFile(project: Project, file: string): StackFile {
  const refuse = (why: string): never => {
    throw new Error(`The stack file ${file} ${why}`);
  };
  if (!fs.existsSync(file)) {
    throw new Error(`There is no stack file ${file}${misnamed(file)}`);
  }
  const document = parsed(file, refuse);
  if (document === null || document === undefined) {
    return refuse("is empty: write its config, or `config: {}` for a stack of defaults");
  }
  if (!isObject(document)) {
    return refuse("is not a map with `config` in it");
  }
  const unknown = Object.keys(document).filter((key) => !KEYS.includes(key));
  if (unknown.length > 0) {
    const inside = unknown.map((key) => JSON.stringify(key)).join(", ");
    return refuse(`has keys that mean nothing there: ${inside}. Keys of the stack belong under \`config\``);
  }
  const { config } = document;
  if (config === null || config === undefined) {
    return refuse("has no config: write it, or `config: {}` for a stack of defaults");
  }
  if (!isObject(config)) {
    return refuse(`has a \`config\` that is not a map of keys`);
  }
  return { document, config: qualified(project, config, refuse) };
}

function parsed(file: string, refuse: (why: string) => never): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(fs.readFileSync(file));
  } catch {
    return refuse("is not text in UTF-8");
  }
  try {
    return parseExactYaml(text);
  } catch (error) {
    return refuse(`is not YAML that can be read: ${(error as Error).message}`);
  }
}

/** The config with its keys' namespaces; an object without a prototype, so that no key is special. */
function qualified(project: Project, config: PropertyMap, refuse: (why: string) => never): PropertyMap {
  const found: PropertyMap = Object.create(null) as PropertyMap;
  for (const [key, value] of Object.entries(config)) {
    const full = qualify(project.name, key);
    if (!/^[^\s:]+:[^\s:]+$/.test(full)) {
      return refuse(`has the key ${JSON.stringify(key)}; keys are \`name\` or \`namespace:name\``);
    }
    if (full in found) {
      return refuse(`has ${full} twice: with the project's name and without it`);
    }
    if (value === null) {
      return refuse(`gives ${full} no value: write one, or leave the key out`);
    }
    found[full] = value;
  }
  return found;
}

/** The file whose name differs from the wanted one by its end alone. */
function misnamed(file: string): string {
  const other = file.replace(/\.yaml$/, ".yml");
  return other !== file && fs.existsSync(other) ? `; rename ${path.basename(other)}, which nothing reads` : "";
}
