import * as fs from "node:fs";

import { type KubernetesResource, kubernetesResource } from "./resource";

/** A resource in a state file, as far as it is read here. */
interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Record<string, unknown>;
  /** True for a replaced resource that is still to be deleted. */
  readonly delete?: boolean;
}

/** A state file: what `pulumi stack export` writes, or resources at the top. */
interface RecordedState {
  readonly deployment?: { readonly resources?: readonly RecordedResource[] };
  readonly resources?: readonly RecordedResource[];
}

/**
 * The Kubernetes resources that a stack had when its state was recorded, with their inputs as properties.
 *
 * @param file what `pulumi stack export --file` wrote.
 * @returns an empty list when there is no such file: a new stack has no state.
 * @throws when the file is not JSON.
 */
export function recordedResources(file: string): KubernetesResource[] {
  if (!fs.existsSync(file)) {
    return [];
  }
  const state = JSON.parse(fs.readFileSync(file, "utf8")) as RecordedState;
  return (state.deployment?.resources ?? state.resources ?? [])
    .filter((resource) => resource.delete !== true)
    .map(({ urn, type, inputs }) =>
      kubernetesResource({ urn, type, name: urn.split("::").at(-1) ?? "", props: inputs ?? {} }),
    )
    .filter((resource) => resource !== undefined);
}
