import type { ResourceValidationPolicy, Severity, StackValidationPolicy } from "@pulumi/policy";

import { display, type KubernetesResource, isNamedBy, kubernetesResource } from "./resource";
import { configSchema, configured, list, type Settings, type ValuesOf } from "./settings";
import { type Workload, workloadOf } from "./workload";

/** The description of a rule. */
interface Rule<S extends Settings> {
  /** The policy's name, in kebab case. */
  readonly name: string;
  /** The rule in one sentence. */
  readonly description: string;
  readonly severity: Severity;
  /** How to comply with the rule. */
  readonly remediationSteps: string;
  /** The numbers and lists that can be configured. */
  readonly settings?: S;
}

/** Reports in one sentence what is wrong with the resource. */
export type Report = (message: string) => void;

/** A rule about one resource at a time. */
export interface ResourceRule<S extends Settings> extends Rule<S> {
  readonly check: (resource: KubernetesResource, report: Report, settings: ValuesOf<S>) => void;
}

/** A rule about workloads: resources that run pods. */
export interface WorkloadRule<S extends Settings> extends Rule<S> {
  readonly check: (workload: Workload, report: Report, settings: ValuesOf<S>) => void;
}

/** A rule about several resources together; exempt resources are considered but not reported. */
export interface StackRule<S extends Settings> extends Rule<S> {
  readonly check: (
    resources: readonly KubernetesResource[],
    report: (resource: KubernetesResource, message: string) => void,
    settings: ValuesOf<S>,
  ) => void;
}

/** The setting that every policy has. */
const common = {
  exempt: list([], "Objects that the policy leaves alone, as namespace/name; * stands for any characters."),
};

/** Makes a policy from a rule about single Kubernetes resources. */
export function resourcePolicy<S extends Settings>(rule: ResourceRule<S>): ResourceValidationPolicy {
  return {
    ...metadata(rule),
    validateResource: (args, reportViolation) => {
      const resource = kubernetesResource(args);
      const config = args.getConfig<Record<string, unknown>>();
      if (resource === undefined || isExempt(resource, config)) {
        return;
      }
      const report: Report = (message) => {
        reportViolation(`${display(resource)}: ${message}`);
      };
      rule.check(resource, report, configured(settingsOf(rule), config));
    },
  };
}

/** Makes a policy from a rule about workloads. */
export function workloadPolicy<S extends Settings>(rule: WorkloadRule<S>): ResourceValidationPolicy {
  return resourcePolicy<S>({
    ...rule,
    check: (resource, report, settings) => {
      const workload = workloadOf(resource);
      if (workload !== undefined) {
        rule.check(workload, report, settings);
      }
    },
  });
}

/** Makes a policy from a rule about a whole stack. */
export function stackPolicy<S extends Settings>(rule: StackRule<S>): StackValidationPolicy {
  return {
    ...metadata(rule),
    validateStack: (args, reportViolation) => {
      const resources = args.resources.map(kubernetesResource).filter((resource) => resource !== undefined);
      const config = args.getConfig<Record<string, unknown>>();
      const report = (resource: KubernetesResource, message: string): void => {
        if (!isExempt(resource, config)) {
          reportViolation(`${display(resource)}: ${message}`, resource.urn);
        }
      };
      rule.check(resources, report, configured(settingsOf(rule), config));
    },
  };
}

function metadata<S extends Settings>(rule: Rule<S>) {
  const { name, description, severity, remediationSteps } = rule;
  return {
    name,
    description,
    severity,
    remediationSteps,
    configSchema: configSchema({ ...common, ...rule.settings }),
  };
}

function settingsOf<S extends Settings>(rule: Rule<S>): S {
  // A rule without settings has S = {}.
  return rule.settings ?? ({} as S);
}

function isExempt(resource: KubernetesResource, config: Record<string, unknown>): boolean {
  return isNamedBy(configured(common, config).exempt, resource);
}
