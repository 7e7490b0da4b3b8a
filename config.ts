import * as pulumi from "@pulumi/pulumi";
import { foreignKeys } from "./config/foreign-keys";
import { valueFromText } from "./config/numbers";
import { parseConfig } from "./config/parse";
import type { PlainConfig } from "./config/resolve";
import { stackProblems } from "./config/stack-name";

export { parseConfig, type ParseResult } from "./config/parse";
export { stackSchema } from "./config/schema";
export type { Problem } from "./config/problems";
export type { KafkaVersion, Mode, SettingValue } from "./config/kafka";
export type { Resources } from "./config/values";
export type {
  HostPathStorage,
  NfsExport,
  NfsStorage,
  ServerKind,
  StorageClassStorage,
  StorageConfig,
} from "./config/storage";

/** Values that must never be in a plain state or diff; each is a Pulumi secret. */
export interface Secrets {
  readonly registryPassword?: pulumi.Output<string>;
  readonly registryCa?: pulumi.Output<string>;
  readonly registryHaSharedSecret?: pulumi.Output<string>;
  readonly kchatToken?: pulumi.Output<string>;
}

/** The validated config of a stack, every default filled in. */
export type StackConfig = Omit<PlainConfig, "registry" | "kchat"> & {
  registry: Omit<PlainConfig["registry"], "password" | "ca" | "haSharedSecret">;
  kchat: Omit<PlainConfig["kchat"], "token">;
  secrets: Secrets;
};

/**
 * Reads and checks the whole config of the stack.
 *
 * @throws pulumi.RunError naming every problem at once, each with its key, the value and what is allowed.
 */
export function loadConfig(config: pulumi.Config): StackConfig {
  const result = parseConfig(readAll(config.name));
  const foreign = [
    ...stackProblems(pulumi.getStack()),
    ...foreignKeys(config.name, Object.keys(pulumi.runtime.allConfig())),
  ];
  if (!result.ok || foreign.length > 0) {
    const own = result.ok
      ? []
      : result.problems.map(({ path, message }) => ({ path: `${config.name}:${path}`, message }));
    const lines = [...foreign, ...own].map(({ path, message }) => `  ${path}: ${message}`);
    throw new pulumi.RunError(`The stack's config has ${count(lines.length)}:\n${lines.join("\n")}`);
  }
  const { password, ca, haSharedSecret, ...registry } = result.config.registry;
  const { token, ...kchat } = result.config.kchat;
  return {
    ...result.config,
    registry,
    kchat,
    secrets: {
      ...(password !== undefined && { registryPassword: pulumi.secret(password) }),
      ...(ca !== undefined && { registryCa: pulumi.secret(ca) }),
      ...(haSharedSecret !== undefined && { registryHaSharedSecret: pulumi.secret(haSharedSecret) }),
      ...(token !== undefined && { kchatToken: pulumi.secret(token) }),
    },
  };
}

const count = (problems: number): string => (problems === 1 ? "a problem" : `${problems} problems`);

/** Every key of the project, also those that nobody knows: Pulumi hands all over as text, objects as JSON. */
function readAll(project: string): Record<string, unknown> {
  const prefix = `${project}:`;
  const all = pulumi.runtime.allConfig();
  const own = Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), valueFromText(value)]),
  );
  return withProviderConfig(own, all);
}

/**
 * Pulumi's own keys of the cluster (`kubernetes:context`, `kubernetes:kubeconfig`) count where the stack's are not written: they are for providers that nobody makes,
 * and would be passed over in silence here, on the way to another cluster.
 */
function withProviderConfig(own: Record<string, unknown>, all: Readonly<Record<string, string>>) {
  const { cluster = {} } = own;
  if (typeof cluster !== "object" || cluster === null || Array.isArray(cluster)) return own;
  const named = (["context", "kubeconfig"] as const).flatMap((key) => {
    const value = all[`kubernetes:${key}`];
    return value === undefined || value === "" ? [] : [[key, value] as const];
  });
  return { ...own, cluster: { ...Object.fromEntries(named), ...cluster } };
}
