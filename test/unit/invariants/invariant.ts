import type { PropertyMap } from "kafka-stack-engine";
import type { Recorded, Recording } from "../../support/recording";

/** A property of everything that any stack registers. */
export interface Invariant {
  /** A sentence for each violation. */
  readonly check: (recording: Recording) => readonly string[];
  /** Violates it in a copy of the dev stack's resources, to show that the check can fail. */
  readonly breaks: (resources: Draft[]) => unknown;
}

/** Invariants by the true sentence. */
export type Invariants = Readonly<Record<string, Invariant>>;

/** A mutable resource. */
export type Draft = { -readonly [Key in keyof Recorded]: Recorded[Key] };

/** The inputs of the first resource whose type ends in a kind, for changing them. */
export function inputsOf(resources: readonly Draft[], kind: string, name?: string): PropertyMap {
  return draft(resources, kind, name).inputs;
}

/** The first resource whose type ends in a kind. */
export function draft(resources: readonly Draft[], kind: string, name?: string): Draft {
  const found = resources.find(
    (resource) => resource.type.endsWith(`:${kind}`) && (name === undefined || resource.name === name),
  );
  if (!found) throw new Error(`there is no ${kind} ${name ?? ""} to break`);
  return found;
}

/** A nested map in inputs. */
export function inside(inputs: PropertyMap, ...path: (string | number)[]): PropertyMap {
  let value: unknown = inputs;
  for (const step of path) value = (value as Record<string | number, unknown>)[step];
  if (typeof value !== "object" || value === null) throw new Error(`there is nothing at ${path.join(".")} to break`);
  return value as PropertyMap;
}

/** The pod of the first workload of a kind. */
export const podOf = (resources: readonly Draft[], kind: string, name?: string): PropertyMap =>
  inside(inputsOf(resources, kind, name), ...(kind === "PodTemplate" ? [] : ["spec"]), "template", "spec");

/** The first container of that pod. */
export const containerOf = (resources: readonly Draft[], kind: string, name?: string): PropertyMap =>
  inside(podOf(resources, kind, name), "containers", 0);
