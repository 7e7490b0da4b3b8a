import type { PolicyPackConfig } from "@pulumi/policy";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { evaluate, type Violation } from "../policy/evaluate";
import { policies } from "../policy/policies";
import { redact, reveal } from "kafka-stack-engine";
import { compareStacks, type ResourceChange } from "./changes";
import { accessEffects } from "./effects/access";
import { dataTouched } from "./effects/data";
import type { Effect } from "./effects/effect";
import { restarts } from "./effects/restarts";
import type { RecordedResource } from "./recorder";

/** What a change does to one stack. */
export interface StackPreview {
  readonly stack: string;
  /** Whether the stack file is added, removed, or exists before and after. */
  readonly status: "added" | "removed" | "kept";
  readonly data: readonly Effect[];
  readonly restarts: readonly Effect[];
  /** Who gains and who loses access to what. */
  readonly access: readonly Effect[];
  readonly changes: readonly ResourceChange[];
  /** What the policy pack finds after the change. */
  readonly violations: readonly JudgedViolation[];
}

/** A violation, and whether the change introduces it. */
export interface JudgedViolation extends Violation {
  readonly isNew: boolean;
}

/**
 * Computes what a change does to one stack.
 *
 * @param before what the program registers without the change; undefined when the stack is new.
 * @param after what it registers with the change; undefined when the stack is removed.
 * @param config the policy pack's config for the stack.
 */
export async function previewStack(
  stack: string,
  before: readonly RecordedResource[] | undefined,
  after: readonly RecordedResource[] | undefined,
  config: PolicyPackConfig,
): Promise<StackPreview> {
  const changes = compareStacks(before ?? [], after ?? []);
  const known = new Set((await check(config, before ?? [])).map(textOf));
  const violations = await withState(before ?? [], (stateFile) =>
    check(withSetting(config, "data-volume-not-replaced", { stateFile }), after ?? []),
  );
  return {
    stack,
    status: before === undefined ? "added" : after === undefined ? "removed" : "kept",
    data: dataTouched(changes),
    restarts: restarts(changes, after ?? []),
    access: accessEffects(changes),
    changes,
    violations: violations.map((violation) => ({ ...violation, isNew: !known.has(textOf(violation)) })),
  };
}

/** The policy pack's config for a stack: `policy/<stack>.json`, or `policy/dev.json` for stacks that have none. */
export function policyConfig(root: string, stack: string): PolicyPackConfig {
  const own = path.join(root, "policy", `${stack}.json`);
  const file = fs.existsSync(own) ? own : path.join(root, "policy", "dev.json");
  return JSON.parse(fs.readFileSync(file, "utf8")) as PolicyPackConfig;
}

/** Writes the resources before the change as a state, for the policy that compares with it. */
async function withState<T>(before: readonly RecordedResource[], use: (stateFile: string) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "preview-pr-"));
  const stateFile = path.join(folder, "state.json");
  try {
    // Only the policy that compares volumes reads it, and it must contain no secret.
    const resources = before.map(({ urn, type, inputs }) => ({ urn, type, inputs: redact(inputs) }));
    fs.writeFileSync(stateFile, JSON.stringify({ resources }));
    return await use(stateFile);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** The config with settings of one policy; its level stays. */
function withSetting(config: PolicyPackConfig, policy: string, settings: Record<string, unknown>): PolicyPackConfig {
  const entry = config[policy] ?? {};
  const own = typeof entry === "string" ? { enforcementLevel: entry } : entry;
  return { ...config, [policy]: { ...own, ...settings } };
}

function check(config: PolicyPackConfig, resources: readonly RecordedResource[]): Promise<Violation[]> {
  return evaluate(
    policies,
    config,
    resources.map((resource) => ({ ...resource, props: reveal(resource.inputs) })),
  );
}

function textOf({ policy, message }: Violation): string {
  return `${policy}: ${message}`;
}
