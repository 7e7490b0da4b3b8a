import type { V1Namespace } from "@kubernetes/client-node";
import { ask, orNone } from "./ask";
import type { ClusterAccess } from "./cluster-access";
import { coreApi } from "./core-api";

/** Annotation of namespaces that says which stack made them: `<project>/<stack>`. */
export const OWNER = "kafka-stack/stack";

/** A stack, as its namespaces name it. */
export interface Owner {
  /** `<project>/<stack>`. */
  readonly owner: string;
  /** Value of `app.kubernetes.io/instance`. */
  readonly instance: string;
}

/**
 * Whose a namespace is: `own`, or who made it, in words. Versions of this project before the annotation left labels only, by which their namespaces are known.
 */
export function ownedNamespace({ metadata }: V1Namespace, { owner, instance }: Owner): "own" | { readonly of: string } {
  const annotated = metadata?.annotations?.[OWNER];
  if (annotated !== undefined) return annotated === owner ? "own" : { of: `belongs to the stack ${annotated}` };
  const labels = metadata?.labels ?? {};
  const made =
    labels["app.kubernetes.io/part-of"] === "kafka-stack" && labels["app.kubernetes.io/component"] === "namespace";
  const by = labels["app.kubernetes.io/instance"];
  if (!made || by === undefined) return { of: "was not made by this stack" };
  return by === instance ? "own" : { of: `belongs to the stack ${by}` };
}

/** A namespace; null when there is none of that name. @throws ClusterUnreachable when the cluster is not reached, another error when it refuses */
export async function readNamespace(access: ClusterAccess, name: string): Promise<V1Namespace | null> {
  const found = await ask(`whose namespace ${name} is`, async () => {
    const core = await coreApi(access);
    return core && { namespace: await orNone(core.readNamespace({ name })) };
  });
  return found.namespace;
}

/**
 * Why a stack may not have a namespace: it exists, and another stack or somebody else made it.
 *
 * @returns undefined when the stack may have it.
 * @throws as {@link readNamespace} does.
 */
export async function foreign(access: ClusterAccess, name: string, owner: Owner): Promise<string | undefined> {
  const found = await readNamespace(access, name);
  const whose = found === null ? "own" : ownedNamespace(found, owner);
  return whose === "own"
    ? undefined
    : `namespace ${name} exists and ${whose.of}: this stack would label it, close it to traffic and delete it; set another cluster.namespace`;
}

/** A namespace that a stack made, and whether it says so itself, or is known by its labels only, as those of another project's stack of the same name would be. */
export interface OwnNamespace {
  readonly name: string;
  readonly marked: boolean;
}

/** The namespaces that a stack made. @throws as {@link readNamespace} does */
export async function ownNamespaces(access: ClusterAccess, owner: Owner): Promise<readonly OwnNamespace[]> {
  const labelSelector = `app.kubernetes.io/part-of=kafka-stack,app.kubernetes.io/instance=${owner.instance}`;
  const { items } = await ask("which namespaces this stack has", async () => {
    const core = await coreApi(access);
    return core && (await core.listNamespace({ labelSelector }));
  });
  return items
    .filter((namespace) => ownedNamespace(namespace, owner) === "own")
    .map(({ metadata }) => ({ name: metadata?.name ?? "", marked: metadata?.annotations?.[OWNER] !== undefined }));
}
