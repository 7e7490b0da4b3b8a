import { parseQuantity } from "../kubernetes-facts";
import { heapLimit } from "../model/java";
import { workloadPolicy } from "../model/policy";
import { integer, quantity } from "../model/settings";
import type { Value } from "../model/value";
import type { Container } from "../model/workload";

/** Without requests the scheduler puts pods on nodes that cannot hold them. */
export const containerRequestsSet = workloadPolicy({
  name: "container-requests-set",
  description: "Every container requests CPU and memory.",
  severity: "medium",
  remediationSteps: "Set resources.requests.cpu and resources.requests.memory to what the container needs to run.",
  check: ({ containers }, report) => {
    for (const { name, value } of containers) {
      const missing = ["cpu", "memory"].filter((resource) => value.at("resources", "requests", resource).missing);
      if (missing.length > 0) {
        report(`container ${name} requests no ${missing.join(" and no ")}`);
      }
    }
  },
});

/** Without a limit a leak takes the whole node's memory, brokers on it included. */
export const containerMemoryLimitSet = workloadPolicy({
  name: "container-memory-limit-set",
  description: "Every container has a memory limit.",
  severity: "high",
  remediationSteps: "Set resources.limits.memory to the most that the container may ever use.",
  check: ({ containers }, report) => {
    for (const { name, value } of containers) {
      if (value.at("resources", "limits", "memory").missing) {
        report(`container ${name} has no memory limit`);
      }
    }
  },
});

/** A limit beyond the maximum is nearly always a wrong unit. */
export const containerLimitsWithinMaximum = workloadPolicy({
  name: "container-limits-within-maximum",
  description: "No container may ask for more CPU or memory than the configured maximum.",
  severity: "medium",
  remediationSteps: "Lower the container's requests and limits, or raise the maximum in the policy pack's config.",
  settings: {
    maxCpu: quantity("8", "The most CPU that a container may request or be limited to."),
    maxMemory: quantity("32Gi", "The most memory that a container may request or be limited to."),
  },
  check: ({ containers }, report, { maxCpu, maxMemory }) => {
    for (const { name, value } of containers) {
      for (const kind of ["requests", "limits"]) {
        for (const [resource, maximum] of Object.entries({ cpu: maxCpu, memory: maxMemory })) {
          const asked = value.at("resources", kind, resource);
          if ((quantityOf(asked) ?? 0) > (parseQuantity(maximum) ?? Number.POSITIVE_INFINITY)) {
            report(`container ${name}: resources.${kind}.${resource} is ${textOf(asked)}, more than ${maximum}`);
          }
        }
      }
    }
  },
});

/** A JVM needs memory beside its heap, and Kafka lives off the page cache, which counts against the limit too. */
export const jvmHeapWithinMemoryLimit = workloadPolicy({
  name: "jvm-heap-within-memory-limit",
  description: "A JVM's heap is at most the configured share of its container's memory limit.",
  severity: "high",
  remediationSteps: "Lower -Xmx (for Kafka in KAFKA_HEAP_OPTS) or raise resources.limits.memory.",
  settings: {
    maxHeapPercent: integer(60, "The largest heap, in percent of the container's memory limit.", 1, 100),
  },
  check: ({ containers }, report, { maxHeapPercent }) => {
    for (const { name, value } of containers) {
      const limit = value.at("resources", "limits", "memory");
      const memory = quantityOf(limit);
      for (const options of jvmOptions(value)) {
        const heap = heapLimit(options);
        if (heap === undefined || memory === undefined) {
          continue;
        }
        const percent = "percent" in heap ? heap.percent : (heap.bytes / memory) * 100;
        if (percent > maxHeapPercent) {
          const share = `${Math.round(percent)} % of the memory limit ${textOf(limit)}`;
          report(`container ${name}: the heap is ${share}, more than ${maxHeapPercent} %`);
        }
      }
    }
  },
});

/** A container that fills the node's disk takes every pod on the node with it. */
export const containerEphemeralStorageLimitSet = workloadPolicy({
  name: "container-ephemeral-storage-limit-set",
  description: "Every container has a limit for ephemeral storage.",
  severity: "low",
  remediationSteps: "Set resources.limits.ephemeral-storage to the most that logs and scratch files may take.",
  check: ({ containers }, report) => {
    for (const { name, value } of containers) {
      if (value.at("resources", "limits", "ephemeral-storage").missing) {
        report(`container ${name} has no limit for ephemeral storage`);
      }
    }
  },
});

/** A Job without a deadline can hang forever; one that is removed after its end is missing at the next refresh, and runs again. */
export const jobDeadlineSet = workloadPolicy({
  name: "job-deadline-set",
  description: "Every Job has a deadline, and stays when it has ended.",
  severity: "medium",
  remediationSteps: "Set activeDeadlineSeconds in the Job's spec, and take ttlSecondsAfterFinished out of it.",
  check: ({ resource, spec }, report) => {
    const jobSpec = resource.kind === "CronJob" ? spec.at("jobTemplate", "spec") : spec;
    if (resource.kind !== "Job" && resource.kind !== "CronJob") {
      return;
    }
    if (jobSpec.at("activeDeadlineSeconds").missing) {
      report("activeDeadlineSeconds not set");
    }
    if (resource.kind === "Job" && !jobSpec.at("ttlSecondsAfterFinished").missing) {
      report("ttlSecondsAfterFinished set: once the Job is gone, a refresh makes it again");
    }
  },
});

/** Every string that may contain a JVM's options: environment variables, the command and its arguments. */
function jvmOptions(container: Container["value"]): string[] {
  const variables = container
    .at("env")
    .items()
    .map((variable) => variable.at("value").text);
  const commandLine = ["command", "args"].flatMap((key) =>
    container
      .at(key)
      .items()
      .map((word) => word.text ?? ""),
  );
  return [...variables, commandLine.join(" ")].filter((options) => options !== undefined);
}

function quantityOf(value: Value): number | undefined {
  const raw = value.text ?? value.number;
  return raw === undefined ? undefined : parseQuantity(raw);
}

function textOf(value: Value): string {
  return value.text ?? String(value.number);
}
