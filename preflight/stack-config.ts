import { foreignKeys, parseConfig, type PlainConfig, valueFromText } from "../config";
import { readProject, readStackFile, refuseEnvironment } from "kafka-stack-engine";

/** A stack's config as far as it can be read without its key. */
export interface ReadableConfig {
  readonly config: PlainConfig;
  /** Whether the registry's credentials are missing because they are encrypted. */
  readonly withoutCredentials: boolean;
  /** Keys that nothing reads, each in a sentence. */
  readonly warnings: readonly string[];
}

/**
 * Reads a stack file without its encrypted values, which only the Pulumi CLI can read. Here only the registry's credentials matter.
 *
 * @throws when the config is refused, with all its problems
 */
export function readStackConfig(root: string, file: string): ReadableConfig {
  const project = readProject(root);
  const { document, config: written } = readStackFile(project, file);
  refuseEnvironment(file, document);
  const prefix = `${project.name}:`;
  const all = { ...project.defaults, ...written };
  const raw: Record<string, unknown> = Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [
        key.slice(prefix.length),
        typeof value === "string" ? valueFromText(value) : withoutEncrypted(value),
      ]),
  );
  const registry = raw["registry"] as { username?: unknown; password?: unknown } | undefined;
  const withoutCredentials = registry?.username !== undefined && registry.password === undefined;
  if (withoutCredentials) delete registry.username;
  const result = parseConfig(raw);
  const problems = [...foreignKeys(project.name, Object.keys(all)), ...(result.ok ? [] : result.problems)];
  if (!result.ok || problems.length > 0) {
    throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  }
  const warnings = result.warnings.map(({ path, message }) => `${path} ${message}`);
  return { config: result.config, withoutCredentials, warnings };
}

function withoutEncrypted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutEncrypted);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => !(typeof inner === "object" && inner !== null && "secure" in inner))
      .map(([key, inner]) => [key, withoutEncrypted(inner)]),
  );
}
