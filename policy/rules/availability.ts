import { all, type Answer } from "../model/answer";
import { stackPolicy, workloadPolicy } from "../model/policy";
import { componentOf, type KubernetesResource, inOneNamespace } from "../model/resource";
import { selects } from "../model/selector";
import { integer } from "../model/settings";
import type { Value } from "../model/value";
import { replicasOf, type Workload, workloadOf } from "../model/workload";

/** With three brokers one can be down, planned or not, while another restarts. */
export const kafkaBrokersMinimum = workloadPolicy({
  name: "kafka-brokers-minimum",
  description: "A Kafka cluster has at least the configured number of brokers.",
  severity: "high",
  remediationSteps: "Raise the number of brokers.",
  settings: {
    minBrokers: integer(3, "The least number of pods of a StatefulSet labelled as component broker.", 1),
  },
  check: (workload, report, { minBrokers }) => {
    const replicas = replicasOf(workload);
    if (isStatefulSetOf(workload, ["broker"]) && replicas !== undefined && replicas < minBrokers) {
      report(`${replicas} brokers, fewer than ${minBrokers}`);
    }
  },
});

/** An even quorum tolerates no more failures than one with a member less. */
export const quorumSizeOdd = stackPolicy({
  name: "quorum-size-odd",
  description: "KRaft controllers and ZooKeeper servers are odd in number.",
  severity: "high",
  remediationSteps: "Use 1, 3 or 5 controllers or ZooKeeper servers, counted over all StatefulSets that they are in.",
  check: (resources, report) => {
    const members = resources
      .map(workloadOf)
      .filter((workload) => workload !== undefined)
      .filter((workload) => isStatefulSetOf(workload, ["controller", "zookeeper"]));
    for (const name of new Set(members.map(quorumOf))) {
      const quorum = members.filter((member) => quorumOf(member) === name);
      const size = sum(quorum.map(replicasOf));
      const [first] = quorum;
      if (first !== undefined && size !== undefined && size > 0 && size % 2 === 0) {
        const names = quorum.map(({ resource }) => resource.name).join(" and ");
        report(first.resource, `the quorum of ${names} has ${size} members, an even number`);
      }
    }
  },
});

/** Without a budget, draining two nodes at once takes down two brokers at once. */
export const workloadHasDisruptionBudget = stackPolicy({
  name: "workload-has-disruption-budget",
  description: "Every StatefulSet and every Deployment of several pods has a PodDisruptionBudget.",
  severity: "high",
  remediationSteps: "Add a PodDisruptionBudget whose selector selects the workload's pods.",
  check: (resources, report) => {
    const budgets = resources.filter(({ kind }) => kind === "PodDisruptionBudget");
    for (const workload of budgetedWorkloads(resources)) {
      if (!budgets.some((budget) => governs(budget, workload) !== false)) {
        report(workload.resource, "no PodDisruptionBudget selects its pods");
      }
    }
  },
});

/** A budget that never lets a pod go blocks every node drain and every cluster upgrade. */
export const disruptionBudgetAllowsProgress = stackPolicy({
  name: "disruption-budget-allows-progress",
  description: "Every PodDisruptionBudget lets at least one pod be evicted.",
  severity: "high",
  remediationSteps: "Set maxUnavailable to 1 or more, or minAvailable to less than the number of pods.",
  check: (resources, report) => {
    const workloads = resources.map(workloadOf).filter((workload) => workload !== undefined);
    for (const budget of resources.filter(({ kind }) => kind === "PodDisruptionBudget")) {
      const governed = workloads.filter((workload) => governs(budget, workload) === true).map(replicasOf);
      const maxUnavailable = budget.properties.at("spec", "maxUnavailable");
      const minAvailable = budget.properties.at("spec", "minAvailable");
      if (maxUnavailable.is(0, "0%", "0")) {
        report(budget, "maxUnavailable is 0, so no pod can ever be evicted");
      }
      for (const replicas of governed) {
        if (replicas !== undefined && podsOf(minAvailable, replicas) >= replicas && replicas > 0) {
          const wanted = minAvailable.text ?? String(minAvailable.number);
          report(budget, `minAvailable is ${wanted} of ${replicas} pods, so no pod can ever be evicted`);
        }
      }
    }
  },
});

/** Pods that the scheduler may put on one node are all lost with that node. */
export const replicasSpread = workloadPolicy({
  name: "replicas-spread",
  description: "The pods of a workload of several pods are spread over nodes or zones.",
  severity: "medium",
  remediationSteps: "Set affinity.podAntiAffinity or topologySpreadConstraints in the pod's spec.",
  check: (workload, report) => {
    const spread = [workload.pod.at("affinity", "podAntiAffinity"), workload.pod.at("topologySpreadConstraints")];
    if (runsSeveralPods(workload) && spread.every((value) => value.missing)) {
      report("neither podAntiAffinity nor topologySpreadConstraints are set");
    }
  },
});

/** Without probes a pod counts as ready and alive for as long as its process runs. */
export const containerProbesSet = workloadPolicy({
  name: "container-probes-set",
  description: "Every container that is to run for ever has a readiness and a liveness probe.",
  severity: "medium",
  remediationSteps: "Set readinessProbe and livenessProbe in each container.",
  check: ({ longRunning, containers }, report) => {
    for (const { name, value } of longRunning ? containers.filter(({ init }) => !init) : []) {
      const missing = ["readinessProbe", "livenessProbe"].filter((probe) => value.at(probe).missing);
      if (missing.length > 0) {
        report(`container ${name} has no ${missing.join(" and no ")}`);
      }
    }
  },
});

/** A broker that is killed before its controlled shutdown has ended must recover its logs at the next start. */
export const gracePeriodMinimum = workloadPolicy({
  name: "grace-period-minimum",
  description: "Pods that are to run for ever get at least the configured time to stop.",
  severity: "medium",
  remediationSteps: "Raise terminationGracePeriodSeconds in the pod's spec; Kubernetes' default is 30.",
  settings: { minSeconds: integer(30, "The least terminationGracePeriodSeconds.", 0) },
  check: ({ longRunning, pod }, report, { minSeconds }) => {
    const seconds = pod.at("terminationGracePeriodSeconds");
    const period = seconds.missing ? 30 : seconds.number;
    if (longRunning && period !== undefined && period < minSeconds) {
      report(`terminationGracePeriodSeconds is ${period}, less than ${minSeconds}`);
    }
  },
});

/** The sum of numbers, undefined when one of them is unknown. */
function sum(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === numbers.length ? known.reduce((total, number) => total + number, 0) : undefined;
}

/** What the members of a quorum have in common: namespace, application and role. */
function quorumOf({ resource }: Workload): string {
  const instance = resource.properties.at("metadata", "labels", "app.kubernetes.io/instance").text;
  return [resource.namespace, instance, componentOf(resource)].join("/");
}

function isStatefulSetOf(workload: Workload, components: readonly string[]): boolean {
  return workload.resource.kind === "StatefulSet" && components.includes(componentOf(workload.resource) ?? "");
}

function runsSeveralPods(workload: Workload): boolean {
  const replicas = replicasOf(workload);
  return ["Deployment", "StatefulSet"].includes(workload.resource.kind) && replicas !== undefined && replicas > 1;
}

function budgetedWorkloads(resources: readonly KubernetesResource[]): Workload[] {
  return resources
    .map(workloadOf)
    .filter((workload) => workload !== undefined)
    .filter((workload) => workload.resource.kind === "StatefulSet" || runsSeveralPods(workload));
}

/** Whether a budget selects a workload's pods; without a selector it selects none. */
function governs(budget: KubernetesResource, workload: Workload): Answer {
  const selector = budget.properties.at("spec", "selector");
  return all(!selector.missing, inOneNamespace(budget, workload.resource), selects(selector, workload.podLabels));
}

/** The number of pods that `minAvailable` stands for; Kubernetes rounds percentages up. */
function podsOf(minAvailable: Value, replicas: number): number {
  const [, percent] = /^([0-9]+)%$/.exec(minAvailable.text ?? "") ?? [];
  return percent === undefined ? (minAvailable.number ?? 0) : Math.ceil((Number(percent) / 100) * replicas);
}
