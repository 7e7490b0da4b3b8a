/** How a resource differs from what it was: the provider's view and the program's wishes about replacement. */
import { formatPath, parsePath, related, type Change, type Path } from "./paths";
import type { Difference } from "./provider";
import type { ResourceState } from "./state";
import type { Work } from "./steps";
import { splitReference } from "./urn";
import { equal } from "./values";

/**
 * Compares.
 *
 * @param replaced URNs of what has been replaced in this run, for the option `replaceWith`
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
    // On another cluster the same name is free.
    deleteBeforeReplace: found.deleteBeforeReplace && !otherProvider,
  };
}

/** Which configuration of which provider; the provider's own name may change by an alias. */
function providerIdOf(resource: ResourceState): string | undefined {
  return resource.provider === undefined ? undefined : splitReference(resource.provider).id;
}
