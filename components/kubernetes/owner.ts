import type { V1Namespace } from "@kubernetes/client-node";
import { ask, orNone } from "./ask";
import type { ClusterAccess } from "./cluster-access";
import { coreApi } from "./core-api";
import { isPart, PART_OF_SELECTOR } from "./part-of";

/** Annotation of namespaces with the stack that created them: `<project>/<stack>`. */
export const OWNER = "kafka-stack/stack";

/** A stack, as named in its namespaces. */
export interface Owner {
  /** `<project>/<stack>`. */
  readonly owner: string;
  /** Value of `app.kubernetes.io/instance`. */
  readonly instance: string;
}

/** Whose a namespace is: `own`, or the owner in words. Versions before the annotation set labels only, which identify their namespaces. */
export function ownedNamespace({ metadata }: V1Namespace, { owner, instance }: Owner): "own" | { readonly of: string } {
  const annotated = metadata?.annotations?.[OWNER];
  if (annotated !== undefined) return annotated === owner ? "own" : { of: `belongs to the stack ${annotated}` };
  const labels = metadata?.labels ?? {};
  const made = isPart(labels) && labels["app.kubernetes.io/component"] === "namespace";
  const by = labels["app.kubernetes.io/instance"];
  if (!made || by === undefined) return { of: "was not made by this stack" };
  return by === instance ? "own" : { of: `belongs to the stack ${by}` };
}

/** A namespace; null when it does not exist. @throws ClusterUnreachable when the cluster is not reached, another error when it refuses */
export async function readNamespace(access: ClusterAccess, name: string): Promise<V1Namespace | null> {
  const found = await ask(`whose namespace ${name} is`, async () => {
    const core = await coreApi(access);
    return core && { namespace: await orNone(core.readNamespace({ name })) };
  });
  return found.namespace;
}

/**
 * Why a stack may not have a namespace: it exists and belongs to another stack or person.
 *
 * @returns undefined when the stack may have it.
 * @throws as {@link readNamespace} does.
 */
export async function foreign(access: ClusterAccess, name: string, owner: Owner): Promise<string | undefined> {
  const found = await readNamespace(access, name);
  const whose = found === null ? "own" : ownedNamespace(found, owner);
  return whose === "own"
    ? undefined
    : `namespace ${name} exists and ${whose.of}: this stack would label it, close it to traffic and delete it; set another cluster.namespace, or, if it is this stack's under another name of the stack or its project, give that name back`;
}

/** A stack's namespace, and whether its annotation says so or only its labels, which another project's stack of the same name would have too. */
export interface OwnNamespace {
  readonly name: string;
  readonly marked: boolean;
}

/** The namespaces of a stack. @throws as {@link readNamespace} does */
export async function ownNamespaces(access: ClusterAccess, owner: Owner): Promise<readonly OwnNamespace[]> {
  const labelSelector = `${PART_OF_SELECTOR},app.kubernetes.io/instance=${owner.instance}`;
  const { items } = await ask("which namespaces this stack has", async () => {
    const core = await coreApi(access);
    return core && (await core.listNamespace({ labelSelector }));
  });
  return items
    .filter((namespace) => ownedNamespace(namespace, owner) === "own")
    .map(({ metadata }) => ({ name: metadata?.name ?? "", marked: metadata?.annotations?.[OWNER] !== undefined }));
}
