/** Deletes resources, dependents first. */
import type { Deployment } from "./deployment";
import { describe } from "./progress";
import type { ResourceState } from "./state";
import { refuseProtected } from "./steps";
import { splitReference } from "./urn";

/**
 * Deletes what is no longer declared: resources that the program did not register in this run, replaced ones, and those that a killed run had begun
 * to create.
 *
 * @throws the first failure, once concurrent deletions have ended. A protected resource fails before anything is deleted.
 */
export async function deleteGone(deployment: Deployment): Promise<void> {
  const { state, progress, preview } = deployment.options;
  const known = [...state.state.resources, ...state.state.creating];
  const doomed = known.filter((resource) => resource.delete === true || !deployment.seen.has(resource.urn));
  for (const resource of doomed) {
    try {
      refuseProtected(resource, "deleted");
    } catch (error) {
      throw new Error(`${describe(resource.urn)} failed: ${(error as Error).message}`, { cause: error });
    }
  }
  const all = new Map(doomed.map((resource) => [resource.urn, resource]));
  const left = new Set(doomed);
  const running = new Map<ResourceState, Promise<void>>();

  const erase = async (resource: ResourceState): Promise<void> => {
    const started = Date.now();
    const withIt = doomed.some((other) => other.urn === resource.deletedWith && other.custom);
    try {
      if (!preview) {
        if (!withIt) {
          await deployment.steps.erase(resource);
        }
        state.remove(resource);
      }
      // The replacement has already been reported.
      if (resource.custom && resource.delete !== true) {
        const step = { urn: resource.urn, operation: "delete" as const, paths: [], replacePaths: [] };
        progress.done(step, (Date.now() - started) / 1000);
      }
      left.delete(resource);
    } catch (error) {
      deployment.fail(resource.urn, error);
    } finally {
      running.delete(resource);
    }
  };

  while (left.size > 0) {
    if (deployment.failure === undefined) {
      for (const resource of left) {
        if (!running.has(resource) && ![...left].some((other) => other !== resource && needs(other, resource, all))) {
          running.set(resource, erase(resource));
        }
      }
    }
    if (running.size === 0) {
      if (deployment.failure !== undefined) {
        throw deployment.failure;
      }
      throw new Error(`These resources depend on each other in a circle: ${[...left].map((r) => r.urn).join(", ")}`);
    }
    await Promise.race(running.values());
  }
}

/** Whether `one` must be deleted before `other`. */
function needs(one: ResourceState, other: ResourceState, all: ReadonlyMap<string, ResourceState>): boolean {
  const provider = one.provider === undefined ? undefined : splitReference(one.provider);
  if (provider?.urn === other.urn) {
    return provider.id === other.id;
  }
  // A replaced resource that waits for its deletion does not hold up the current one of the same name.
  if (one.delete !== true && other.delete === true) {
    return false;
  }
  if (one.parent === other.urn) {
    return true;
  }
  // Depending on a component means depending on everything in it, unless the dependent is in it too.
  const own = new Set(ancestors(one, all));
  return [other.urn, ...ancestors(other, all)].some((urn) => one.dependencies.includes(urn) && !own.has(urn));
}

/** The URNs of a resource's ancestors, the nearest first. */
function ancestors(resource: ResourceState, all: ReadonlyMap<string, ResourceState>): string[] {
  const urns: string[] = [];
  for (let parent = resource.parent; parent !== undefined; parent = all.get(parent)?.parent) {
    urns.push(parent);
  }
  return urns;
}
