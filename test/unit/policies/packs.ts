import type { PolicyPackConfig } from "@pulumi/policy";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { evaluate, type Violation } from "../../../policy/evaluate";
import type { PulumiResource } from "../../../policy/model/resource";
import { policies } from "../../../policy/policies";
import { recordStack, ROOT, type StackOptions } from "../../support/stacks";

/** The pack's config for a stack: the file of its name, or that of development stacks. */
export function packConfig(stack: string): PolicyPackConfig {
  const own = join(ROOT, "policy", `${stack}.json`);
  const file = existsSync(own) ? own : join(ROOT, "policy", "dev.json");
  return JSON.parse(readFileSync(file, "utf8")) as PolicyPackConfig;
}

/** A stack's resources in the form that policies read. The caller may change them. */
export async function resourcesOf(stack: string, options?: StackOptions): Promise<PulumiResource[]> {
  const { resources } = await recordStack(stack, options);
  return structuredClone(resources.map(({ type, name, urn, inputs }) => ({ type, name, urn, props: inputs })));
}

/** Checks resources with every policy of the pack. */
export function violations(config: PolicyPackConfig, resources: readonly PulumiResource[]): Promise<Violation[]> {
  return evaluate(policies, config, resources);
}
