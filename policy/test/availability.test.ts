import * as rules from "../rules/availability";
import { budget, deployment, job, statefulSet, unknown } from "./builders";
import { expectations, fails, passes, waits } from "./expectations";

const servers = (name: string, component: string, replicas: number | string) =>
  statefulSet({ metadata: { name, labels: { "app.kubernetes.io/component": component } }, spec: { replicas } });
const controllers = (replicas: number | string) => servers("controller", "controller", replicas);
const ensemble = (kept: number | string, ephemeral: number | string) => [
  servers("zookeeper", "zookeeper", kept),
  servers("zookeeper-ephemeral", "zookeeper", ephemeral),
];

expectations(
  rules.kafkaBrokersMinimum,
  fails("with two brokers", statefulSet({ spec: { replicas: 2 } }), /2 brokers, fewer than 3/),
  fails("with Kubernetes' default of one", statefulSet({ spec: { replicas: undefined } }), /1 brokers, fewer than 3/),
  passes("with three brokers", statefulSet()),
  passes("with as many as are configured", statefulSet({ spec: { replicas: 1 } }), { minBrokers: 1 }),
  passes("other StatefulSets", controllers(1)),
  waits("the number is unknown", statefulSet({ spec: { replicas: unknown } })),
);

expectations(
  rules.quorumSizeOdd,
  fails(
    "with two controllers",
    controllers(2),
    /StatefulSet kafka\/controller: the quorum of controller has 2 members, an even number/,
  ),
  fails(
    "with four ZooKeeper servers in two StatefulSets",
    ensemble(3, 1),
    /StatefulSet kafka\/zookeeper: the quorum of zookeeper and zookeeper-ephemeral has 4 members/,
  ),
  passes("with three controllers", controllers(3)),
  passes("with an ensemble that is odd as a whole", ensemble(3, 2)),
  passes("with controllers and ZooKeeper servers beside each other", [controllers(3), ...ensemble(1, 2)]),
  passes("with four brokers", statefulSet({ spec: { replicas: 4 } })),
  waits("the number is unknown", controllers(unknown)),
  waits("one of the numbers is unknown", ensemble(4, unknown)),
);

expectations(
  rules.workloadHasDisruptionBudget,
  fails(
    "for a StatefulSet without",
    statefulSet(),
    /StatefulSet kafka\/broker: no PodDisruptionBudget selects its pods/,
  ),
  fails("when the budget selects others", [deployment(), budget("broker", {})], /Deployment kafka\/kproducer/),
  fails("when the budget selects none", [deployment(), budget("kproducer", { selector: undefined })], /kproducer/),
  passes("with a budget each", [statefulSet(), deployment(), budget("broker", {}), budget("kproducer", {})]),
  passes("a Deployment of one pod", deployment({ spec: { replicas: 1 } })),
  passes("a Job", job()),
  waits("the budget's selector is unknown", [statefulSet(), budget("broker", { selector: { matchLabels: unknown } })]),
  waits("the replicas are unknown", deployment({ spec: { replicas: unknown } })),
);

expectations(
  rules.disruptionBudgetAllowsProgress,
  fails(
    "with maxUnavailable 0",
    budget("broker", { maxUnavailable: 0 }),
    /PodDisruptionBudget kafka\/broker: maxUnavailable/,
  ),
  fails(
    "with minAvailable of all pods",
    [statefulSet(), budget("broker", { minAvailable: 3 })],
    /minAvailable is 3 of 3 pods, so no pod can ever be evicted/,
  ),
  fails(
    "with a share that rounds up to all pods",
    [deployment(), budget("kproducer", { minAvailable: "51%" })],
    /minAvailable is 51% of 2 pods/,
  ),
  passes("with maxUnavailable 1", [statefulSet(), budget("broker", { maxUnavailable: 1 })]),
  passes("with a share that leaves a pod", [deployment(), budget("kproducer", { minAvailable: "50%" })]),
  waits("the replicas are unknown", [
    statefulSet({ spec: { replicas: unknown } }),
    budget("broker", { minAvailable: 3 }),
  ]),
  waits("the selector is unknown", [
    statefulSet(),
    budget("broker", { minAvailable: 3, selector: { matchLabels: unknown } }),
  ]),
);

expectations(
  rules.replicasSpread,
  fails("for brokers on one node", statefulSet({ pod: { affinity: undefined } }), /neither podAntiAffinity nor/),
  fails(
    "with only node affinity",
    deployment({ pod: { affinity: { podAntiAffinity: undefined, nodeAffinity: {} } } }),
    /neither/,
  ),
  passes("with anti-affinity", statefulSet()),
  passes("with spread over zones", deployment({ pod: { affinity: undefined, topologySpreadConstraints: [{}] } })),
  passes("one pod", deployment({ spec: { replicas: 1 }, pod: { affinity: undefined } })),
  waits("the affinity is unknown", statefulSet({ pod: { affinity: unknown } })),
);

expectations(
  rules.containerProbesSet,
  fails(
    "without a readiness probe",
    deployment({ container: { readinessProbe: undefined } }),
    /container main has no readinessProbe$/,
  ),
  fails(
    "for a sidecar",
    statefulSet({ pod: { initContainers: [{ name: "agent", restartPolicy: "Always" }] } }),
    /container agent has no readinessProbe and no livenessProbe/,
  ),
  passes("with both", statefulSet({ pod: { initContainers: [{ name: "prepare" }] } })),
  passes("a Job", job({ container: { readinessProbe: undefined, livenessProbe: undefined } })),
  waits("the probe is unknown", deployment({ container: { readinessProbe: unknown } })),
);

expectations(
  rules.gracePeriodMinimum,
  fails("with ten seconds", statefulSet({ pod: { terminationGracePeriodSeconds: 10 } }), /is 10, less than 30/),
  fails(
    "with Kubernetes' default where more is wanted",
    deployment({ pod: { terminationGracePeriodSeconds: undefined } }),
    /terminationGracePeriodSeconds is 30, less than 60/,
    { minSeconds: 60 },
  ),
  passes("with enough", statefulSet()),
  passes("a Job", job({ pod: { terminationGracePeriodSeconds: 0 } })),
  waits("it is unknown", statefulSet({ pod: { terminationGracePeriodSeconds: unknown } })),
);
