import { matchesAny } from "../../model/pattern";
import { workloadPolicy } from "../../model/policy";
import { list } from "../../model/settings";
import type { Value } from "../../model/value";
import type { Workload } from "../../model/workload";

const allowedStacks = list([], "Stacks in which it is allowed; * stands for any characters.");

/** A pod in the node's namespaces sees and reaches what belongs to the node. */
export const podHostNamespacesForbidden = workloadPolicy({
  name: "pod-host-namespaces-forbidden",
  description: "No pod shares the node's network, processes, IPC or ports.",
  severity: "critical",
  remediationSteps: "Remove hostNetwork, hostPID, hostIPC, hostPort and hostProcess; expose ports by a Service.",
  settings: { allowedStacks },
  check: (workload, report, settings) => {
    if (matchesAny(settings.allowedStacks, workload.resource.stack)) {
      return;
    }
    for (const key of ["hostNetwork", "hostPID", "hostIPC"]) {
      if (workload.pod.at(key).is(true)) {
        report(`${key} is true`);
      }
    }
    if (isHostProcess(workload.pod)) {
      report("the pod is a Windows host process");
    }
    for (const { name, value } of workload.containers) {
      if (isHostProcess(value)) {
        report(`container ${name} is a Windows host process`);
      }
      for (const port of value.at("ports").items()) {
        const hostPort = port.at("hostPort").number ?? 0;
        if (hostPort !== 0) {
          report(`container ${name} takes port ${hostPort} of the node`);
        }
      }
    }
  },
});

/** Probes and hooks with a host of their own make the kubelet send requests anywhere. */
export const podProbeHostForbidden = workloadPolicy({
  name: "pod-probe-host-forbidden",
  description: "No probe or lifecycle hook names a host.",
  severity: "medium",
  remediationSteps: "Remove host from httpGet and tcpSocket; they then go to the pod itself.",
  check: ({ containers }, report) => {
    for (const { name, value } of containers) {
      for (const [what, handler] of handlers(value)) {
        for (const action of ["httpGet", "tcpSocket"]) {
          const host = handler.at(action, "host").text ?? "";
          if (host !== "") {
            report(`container ${name}: ${what}.${action}.host is ${host}`);
          }
        }
      }
    }
  },
});

/** A node's path in a pod gives the pod whatever that path's permissions allow. */
export const podHostPathForbidden = workloadPolicy({
  name: "pod-host-path-forbidden",
  description: "No pod mounts a path of its node.",
  severity: "critical",
  remediationSteps: "Use a PersistentVolumeClaim, a ConfigMap or an emptyDir.",
  settings: { allowedStacks },
  check: (workload, report, settings) => {
    if (matchesAny(settings.allowedStacks, workload.resource.stack)) {
      return;
    }
    for (const volume of volumes(workload)) {
      const hostPath = volume.at("hostPath");
      if (!hostPath.unknown && !hostPath.missing) {
        report(`volume ${nameOf(volume)} is the node's ${hostPath.at("path").text ?? "path"}`);
      }
    }
  },
});

const restrictedVolumeTypes = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** Volume types that PodSecurity `restricted` leaves out; hostPath has a policy of its own. */
export const podVolumeTypesRestricted = workloadPolicy({
  name: "pod-volume-types-restricted",
  description: "Pods mount only the volume types that PodSecurity restricted allows.",
  severity: "high",
  remediationSteps: "Reach other storage through a PersistentVolume and a PersistentVolumeClaim.",
  check: (workload, report) => {
    for (const volume of volumes(workload)) {
      for (const [type, value] of volume.entries()) {
        const restricted = type === "name" || type === "hostPath" || restrictedVolumeTypes.includes(type);
        if (!restricted && !value.missing && !value.unknown) {
          report(`volume ${nameOf(volume)} is of type ${type}, which is none of ${restrictedVolumeTypes.join(", ")}`);
        }
      }
    }
  },
});

function isHostProcess(podOrContainer: Value): boolean {
  return podOrContainer.at("securityContext", "windowsOptions", "hostProcess").is(true);
}

function handlers(container: Value): [string, Value][] {
  const probes = ["livenessProbe", "readinessProbe", "startupProbe"];
  const hooks = ["postStart", "preStop"];
  return [
    ...probes.map((probe): [string, Value] => [probe, container.at(probe)]),
    ...hooks.map((hook): [string, Value] => [`lifecycle.${hook}`, container.at("lifecycle", hook)]),
  ];
}

function volumes(workload: Workload): Value[] {
  return workload.pod.at("volumes").items();
}

function nameOf(volume: Value): string {
  return volume.at("name").text ?? "(unknown)";
}
