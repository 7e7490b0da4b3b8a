import type { Project } from "./project";
import { readStackFile, type StackFile } from "./stack-file";
import { isObject } from "./values";

/** How to read a config. */
export interface ReadOptions {
  /** Stands for each encrypted value, by its key. @default encrypted values are refused */
  readonly encrypted?: (key: string) => string;
}

/**
 * The stack's config as programs get it: a string for each key, objects and lists as JSON.
 *
 * @throws as {@link readStackFile} does, and when a part of the config is encrypted or in an environment: only the real engine can read these
 */
export function readConfig(
  project: Project,
  configFile: string,
  { encrypted }: ReadOptions = {},
): Record<string, string> {
  const { document, config: own } = readStackFile(project, configFile);
  refuseEnvironment(configFile, document);
  const config: Record<string, string> = {};
  for (const [key, written] of Object.entries({ ...project.defaults, ...own })) {
    const value = encrypted === undefined ? written : decrypted(written, key, encrypted);
    if (hasSecure(value)) {
      throw new Error(
        `${key} in ${configFile} is encrypted, which only the Pulumi CLI can read (use ENGINE=pulumi, or give it with -c)`,
      );
    }
    config[key] = typeof value === "string" ? value : JSON.stringify(value);
  }
  return config;
}

/** Values of an environment would be missing, and count as defaults. @throws when the file imports any */
export function refuseEnvironment(file: string, { environment }: StackFile["document"]): void {
  if (environment !== undefined) {
    throw new Error(`${file} takes config from an environment of Pulumi ESC, which only the Pulumi CLI can read`);
  }
}

const isSecure = (value: unknown): boolean => isObject(value) && Object.keys(value).join() === "secure";

const hasSecure = (value: unknown): boolean =>
  typeof value === "object" && value !== null && (isSecure(value) || Object.values(value).some(hasSecure));

/** The value with something in place of what is encrypted in it. */
function decrypted(value: unknown, key: string, instead: (key: string) => string): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => decrypted(item, key, instead));
  }
  if (!isObject(value)) {
    return value;
  }
  return isSecure(value)
    ? instead(key)
    : Object.fromEntries(Object.entries(value).map(([name, item]) => [name, decrypted(item, name, instead)]));
}
