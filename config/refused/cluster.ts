import type { Refused } from "./case";

/** Bad configs by their fault. */
export const CLUSTER: Readonly<Record<string, readonly Refused[]>> = {
  cluster: [
    [{ cluster: { namespace: "Kafka" } }, "cluster.namespace", "a-z"],
    [{ cluster: { namespace: "k".repeat(55) } }, "cluster.namespace", "at most 54"],
    [{ cluster: { namespace: "default" } }, "cluster.namespace", "a namespace that the stack may own"],
    [{ cluster: { namespace: "kube-system" } }, "cluster.namespace", "a namespace that the stack may own"],
    [{ cluster: { id: "short" } }, "cluster.id", "22 characters"],
    [{ cluster: { context: "" } }, "cluster.context", "an empty text is refused"],
  ],
};
