import * as pulumi from "@pulumi/pulumi";
import { foreignKeys, parseConfig, type StackConfig, stackProblems, valueFromText } from "../config";

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
  for (const { path, message } of result.warnings) void pulumi.log.warn(`${config.name}:${path} ${message}`);
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
