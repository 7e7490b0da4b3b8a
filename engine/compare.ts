/** How a resource differs from its recorded state, by the provider and by the program's replacement options. */
import { formatPath, parsePath, related, type Change, type Path } from "./paths";
import type { Difference } from "./provider";
import type { ResourceState } from "./state";
import type { Work } from "./steps";
import { splitReference } from "./urn";
import { equal } from "./values";

/**
 * Compares a resource with its recorded state.
 *
 * @param replaced URNs of the resources that this run has replaced, for the option `replaceWith`
 */
export async function compare(work: Work, old: ResourceState, replaced: ReadonlySet<string>): Promise<Difference> {
  const { subject, provider, registration, next } = work;
  const found = await provider.diff(subject, old, next.inputs);
  const otherProvider = providerIdOf(old) !== providerIdOf(next);
  const replace: Path[] = [...found.replace];
  for (const wish of registration.replaceOnChanges.map(parsePath)) {
    replace.push(...found.changes.map((change) => change.path).filter((path) => related(wish, path)));
  }
  if (otherProvider) {
    replace.push(["provider"]);
  }
  if (registration.replaceWith.some((urn) => replaced.has(urn))) {
    replace.push(["replaceWith"]);
  }
  const [before, after] = [old.replacementTrigger, next.replacementTrigger];
  if (before !== undefined && after !== undefined && !equal(before, after)) {
    replace.push(["replacementTrigger"]);
  }
  const distinct = [...new Map(replace.map((path) => [formatPath(path), path])).values()];
  const extra: Change[] = distinct
    .filter((path) => !found.changes.some((change) => related(path, change.path)))
    .map((path) => ({ path, kind: "update", secret: false }));
  return {
    changes: [...found.changes, ...extra],
    replace: distinct,
    // The name is free on another cluster.
    deleteBeforeReplace: found.deleteBeforeReplace && !otherProvider,
  };
}

/** Identifies a provider and its configuration without the provider's name, which an alias may change. */
function providerIdOf(resource: ResourceState): string | undefined {
  return resource.provider === undefined ? undefined : splitReference(resource.provider).id;
}
