import type { Refused } from "./case";

/** Bad configs by their fault. */
export const PODS: Readonly<Record<string, readonly Refused[]>> = {
  // More in components/pods/refused.cases.ts.
  pods: [
    [{ pods: [] }, "pods", "all, broker, controller"],
    [{ pods: { brokers: {} } }, "pods.brokers", "did you mean pods.broker?"],
    [{ pods: { broker: "big" } }, "pods.broker", "a map of fields of pods"],
    [{ pods: { broker: { hostNetwork: true } } }, "pods.broker.hostNetwork", "restricted"],
    [{ pods: { broker: { tolerations: { key: "a" } } } }, "pods.broker.tolerations", "a list of tolerations"],
    [{ pods: { controller: { labels: {} } } }, "pods.controller", "in the brokers' pods"],
    [{ pods: { zookeeper: { labels: {} } } }, "pods.zookeeper", "no ZooKeeper in mode kraft"],
    [
      { pods: { all: { serviceAccountName: "mine" } }, scheduling: { zones: true } },
      "pods.all.serviceAccountName",
      "may read nodes",
    ],
    [
      { pods: { all: { terminationGracePeriodSeconds: 120 } }, kafka: { terminationGracePeriodSeconds: 200 } },
      "pods.all.terminationGracePeriodSeconds",
      "at least 200",
    ],
  ],
};
