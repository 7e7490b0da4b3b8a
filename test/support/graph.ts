import type { Recorded, Recording } from "./recording";

/**
 * Everything that exists before a resource: its dependencies and provider, those of its parents, and theirs in turn. A child is registered
 * after its parent, and a parent after its own dependencies, although the child's request does not name them.
 */
export function waitsFor(recording: Pick<Recording, "resources">, resource: Recorded): ReadonlySet<string> {
  const byUrn = new Map(recording.resources.map((one) => [one.urn, one]));
  const found = new Set<string>();
  const visit = (urn: string | undefined): void => {
    if (urn === undefined || found.has(urn)) return;
    found.add(urn);
    const one = byUrn.get(urn);
    if (one) for (const next of [...one.dependencies, one.parent]) visit(next);
  };
  for (const next of [...resource.dependencies, resource.parent]) visit(next);
  return found;
}
