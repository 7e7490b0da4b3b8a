import assert from "node:assert/strict";
import { get, kubectl } from "../support/kubectl";
import { back, identities } from "./brokers";

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly nodeName: string };
  }[];
}

/** Selects the stack's servers. */
export const servers = ["-n", "kafka", "-l", "app.kubernetes.io/component in (broker,controller)"];

/**
 * Whether two of these servers are of one pool. Their volumes are on their node, so the first evicted one cannot start elsewhere, and the
 * PodDisruptionBudget rightly keeps the second: such a node can never be drained.
 */
function sharePool(pods: Pods["items"]): boolean {
  const pools = pods.map(({ metadata }) => metadata.name.replace(/-\d+$/, ""));
  return new Set(pools).size < pools.length;
}

/** Drains a node with servers, uncordons it, and waits until its servers are back. */
export async function drainNode(): Promise<void> {
  const { items } = await get<Pods>("pods", ...servers);
  const onNodes = Map.groupBy(items, ({ spec }) => spec.nodeName);
  const [node, pods = []] = [...onNodes].find(([, each]) => !sharePool(each)) ?? [];
  assert.ok(node !== undefined, "every node has two servers of a pool");
  const moved = pods.map(({ metadata }) => metadata.name);
  const before = await identities();
  await kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=300s");
  await kubectl("uncordon", node);
  await back(before, ...moved);
}
