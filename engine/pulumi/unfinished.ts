/**
 * Repairs what a killed or interrupted Pulumi CLI leaves behind and its own refresh does not see. An object that was created but is not in the state would be refused by the next run, as if
 * another tool had made it. An object that is being deleted would count as one that stays.
 */
import { awaitGone } from "../kubernetes/await";
import type { KubeObject } from "../kubernetes/client";
import { Unreachable } from "../kubernetes/http";
import { idOf } from "../kubernetes/object";
import { GOING_TIMEOUT } from "../kubernetes/provider";
import { describe } from "../progress";
import { isObject, type PropertyMap } from "../values";
import type { Kept, KeptResource } from "./checkpoint";
import { Live, lookAt, type LocatedObject } from "./live";

/** The field managers of objects that Pulumi's Kubernetes provider has made. */
const PROVIDER = /^pulumi-kubernetes(-|$)/;

/** What is needed to read objects and to wait. */
export interface Looking {
  readonly env: NodeJS.ProcessEnv;
  readonly write: (line: string) => void;
  /** Aborted when the waits shall end. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes objects that a killed run has made into the state.
 *
 * @returns the new state; `undefined` when it stays as it is, also where the cluster is not known or does not answer
 */
export async function takenUp(kept: Kept, { env, write }: Looking): Promise<Kept | undefined> {
  const begun = (kept.pending_operations ?? []).filter(({ type }) => type === "creating");
  if (begun.length === 0) {
    return undefined;
  }
  const live = new Live(kept, env);
  const resources = [...(kept.resources ?? [])];
  try {
    for (const { resource } of begun) {
      const located = live.locate(resource);
      const made = located && (await lookAt(located));
      const manager = located && made && managerOf(located, made);
      if (made === undefined || manager === undefined || resources.some((one) => isSame(one, resource, idOf(made)))) {
        continue;
      }
      const replaces = resources.some((one) => one.urn === resource.urn && one.delete !== true);
      write(
        `${describe(resource.urn)}: ${idOf(made)} was made by a run that was killed before its state said so; ${replaces ? "it is deleted" : "it is taken into the state"}`,
      );
      resources.push({ ...withOutputs(resource, made, manager), ...(replaces && { delete: true }) });
    }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    // The CLI reports the same, with more detail.
    return undefined;
  }
  return { ...kept, resources, pending_operations: [] };
}

function isSame(one: KeptResource, { urn }: KeptResource, id: string): boolean {
  return one.urn === urn && one.id === id;
}

/** The provider's field manager of an object with the declared labels; `undefined` when the provider has not made it. */
function managerOf({ object }: LocatedObject, made: KubeObject): string | undefined {
  const { labels = {}, managedFields = [] } = made.metadata;
  if (Object.entries(object.metadata.labels ?? {}).some(([key, value]) => labels[key] !== value)) {
    return undefined;
  }
  return (managedFields as { manager?: string }[])
    .map(({ manager }) => manager ?? "")
    .find((one) => PROVIDER.test(one));
}

/** The resource as the provider would have reported it; the refresh that follows reads the rest. */
function withOutputs(resource: KeptResource, made: KubeObject, manager: string): KeptResource {
  const outputs: PropertyMap = {
    ...(isObject(resource.inputs) && { ...resource.inputs, __inputs: resource.inputs }),
    __fieldManager: manager,
    __initialApiVersion: made.apiVersion,
  };
  return { ...resource, id: idOf(made), outputs };
}

/**
 * Waits until every object of the state that is being deleted is gone.
 *
 * @throws when one stays, or when the wait shall end
 */
export async function untilDeletionsEnd(kept: Kept, { env, write, signal }: Looking): Promise<void> {
  const live = new Live(kept, env);
  const present = (kept.resources ?? []).filter((resource) => resource.delete !== true && resource.id !== undefined);
  try {
    await Promise.all(
      present.map(async (resource) => {
        const located = live.locate(resource);
        const found = located && (await lookAt(located));
        if (located === undefined || found?.metadata.deletionTimestamp === undefined) {
          return;
        }
        const note = (line: string) => {
          write(`    ${describe(resource.urn)}: ${line}`);
        };
        note("something is deleting it; waiting until it is gone");
        const waiting = { timeout: GOING_TIMEOUT, uid: found.metadata.uid, note, signal };
        await awaitGone(located.client, found, waiting).catch((error: unknown) => {
          throw new Error(`${describe(resource.urn)} failed: ${(error as Error).message}`, { cause: error });
        });
      }),
    );
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
}
