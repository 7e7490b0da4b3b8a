import type {
  EnforcementLevel,
  PolicyPackConfig,
  ResourceValidation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";

import type { PulumiResource } from "./model/resource";

/** A policy of either kind. */
export type Policy = ResourceValidationPolicy | StackValidationPolicy;

/** A policy that a resource violates. */
export interface Violation {
  /** The policy's name. */
  readonly policy: string;
  /** Its configured level: `mandatory` violations stop an update. */
  readonly level: EnforcementLevel;
  /** The resource; undefined when the stack as a whole is meant. */
  readonly urn: string | undefined;
  /** What is wrong, in one sentence that names the resource. */
  readonly message: string;
}

/** The level of policies that the config does not name, as in the pack itself. */
const defaultLevel: EnforcementLevel = "mandatory";

/**
 * Checks resources without an engine, for tests and for tools that have none. An engine talks to the pack over the
 * Analyzer protocol instead; both apply the same policies with the same config files.
 *
 * @param resources a stack's resources with their inputs; unknown inputs are `pulumi.runtime.unknownValue`.
 * @returns the violations of all policies that are not disabled, in the order of the policies.
 */
export async function evaluate(
  policies: readonly Policy[],
  config: PolicyPackConfig,
  resources: readonly PulumiResource[],
): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const policy of policies) {
    const { enforcementLevel: level = levelOfAll(config), ...settings } = settingsOf(config, policy.name);
    if (level === "disabled") {
      continue;
    }
    const report = (urn: string | undefined) => (message: string, other?: string) => {
      violations.push({ policy: policy.name, level, urn: other ?? urn, message });
    };
    const common = { stackTags: new Map<string, string>(), getConfig: () => settings as never, notApplicable };
    if ("validateStack" in policy) {
      const seen = resources.map((resource) => ({
        ...describeFully(resource),
        dependencies: [],
        propertyDependencies: {},
      }));
      await policy.validateStack({ ...common, resources: seen }, report(undefined));
    } else {
      for (const resource of resources) {
        for (const validate of validations(policy)) {
          await validate({ ...common, ...describeFully(resource) }, report(resource.urn));
        }
      }
    }
  }
  return violations;
}

function settingsOf(config: PolicyPackConfig, name: string) {
  const entry = config[name] ?? {};
  return typeof entry === "string" ? { enforcementLevel: entry } : entry;
}

function levelOfAll(config: PolicyPackConfig): EnforcementLevel {
  return settingsOf(config, "all").enforcementLevel ?? defaultLevel;
}

function validations(policy: ResourceValidationPolicy): ResourceValidation[] {
  return [policy.validateResource ?? []].flat();
}

/** The parts of a resource that an engine would add; the pack's policies read none of them. */
function describeFully(resource: PulumiResource) {
  return {
    ...resource,
    opts: {
      protect: false,
      ignoreChanges: [],
      aliases: [],
      additionalSecretOutputs: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    },
    isType: () => false,
    asType: () => undefined,
  };
}

function notApplicable(reason = "the policy does not apply"): never {
  throw new Error(reason);
}
