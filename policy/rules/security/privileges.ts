import { workloadPolicy } from "../../model/policy";
import { SAFE_SYSCTLS } from "../../kubernetes-facts";
import type { Value } from "../../model/value";
import type { Workload } from "../../model/workload";

const seLinuxTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
const steps = "See https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted.";

/** A privileged container is root on the node. */
export const podPrivilegedForbidden = workloadPolicy({
  name: "pod-privileged-forbidden",
  description: "No container is privileged or loosens the kernel's own guards.",
  severity: "critical",
  remediationSteps: `Remove privileged, procMount, seLinuxOptions, appArmorProfile and sysctls from the pod. ${steps}`,
  check: (workload, report) => {
    for (const { where, context } of securityContexts(workload)) {
      if (context.at("privileged").is(true)) {
        report(`${where} is privileged`);
      }
      if (isSetToOther(context.at("procMount"), ["Default"])) {
        report(`${where} has procMount ${context.at("procMount").text ?? ""}, not Default`);
      }
      if (isSetToOther(context.at("appArmorProfile", "type"), ["RuntimeDefault", "Localhost"])) {
        report(`${where} turns AppArmor off`);
      }
      const seLinux = context.at("seLinuxOptions");
      const custom = ["user", "role"].some((key) => isSetToOther(seLinux.at(key), [""]));
      if (custom || isSetToOther(seLinux.at("type"), seLinuxTypes)) {
        report(`${where} sets seLinuxOptions that PodSecurity does not allow`);
      }
    }
    for (const sysctl of workload.pod.at("securityContext", "sysctls").items()) {
      if (isSetToOther(sysctl.at("name"), SAFE_SYSCTLS)) {
        report(`the pod sets the unsafe sysctl ${sysctl.at("name").text ?? ""}`);
      }
    }
  },
});

/** Capabilities are root's powers one by one; none of these programs needs any. */
export const containerCapabilitiesDropped = workloadPolicy({
  name: "container-capabilities-dropped",
  description: "Every container drops all capabilities and adds none but NET_BIND_SERVICE.",
  severity: "high",
  remediationSteps: `Set securityContext.capabilities.drop to ["ALL"] in each container. ${steps}`,
  check: ({ containers }, report) => {
    for (const { name, value } of containers) {
      const capabilities = value.at("securityContext", "capabilities");
      const drop = capabilities.at("drop");
      if (!drop.unknown && !drop.items().some((capability) => capability.unknown || capability.is("ALL"))) {
        report(`container ${name} does not drop ALL capabilities`);
      }
      const added = capabilities.at("add").items();
      for (const capability of added.filter((item) => item.isNot("NET_BIND_SERVICE"))) {
        report(`container ${name} adds the capability ${capability.text ?? ""}`);
      }
    }
  },
});

/** Escalation lets a setuid program in the image undo `runAsNonRoot`. */
export const containerPrivilegeEscalationForbidden = workloadPolicy({
  name: "container-privilege-escalation-forbidden",
  description: "No container can gain privileges after its start.",
  severity: "high",
  remediationSteps: `Set securityContext.allowPrivilegeEscalation to false in each container. ${steps}`,
  check: ({ containers }, report) => {
    for (const { name, value } of containers) {
      if (value.at("securityContext", "allowPrivilegeEscalation").isNot(false)) {
        report(`container ${name} does not set allowPrivilegeEscalation to false`);
      }
    }
  },
});

/** Root in a container is one kernel bug away from root on the node. */
export const podRunsAsNonRoot = workloadPolicy({
  name: "pod-runs-as-non-root",
  description: "Every container runs as a user other than root.",
  severity: "high",
  remediationSteps: `Set securityContext.runAsNonRoot to true in the pod, and give the image a numeric user. ${steps}`,
  check: (workload, report) => {
    for (const { name, value } of workload.containers) {
      if (inherited(workload, value, "runAsNonRoot").isNot(true)) {
        report(`container ${name} does not set runAsNonRoot to true`);
      }
      if (inherited(workload, value, "runAsUser").is(0)) {
        report(`container ${name} runs as user 0`);
      }
    }
  },
});

/** The runtime's seccomp profile blocks system calls that only attacks need. */
export const podSeccompProfileSet = workloadPolicy({
  name: "pod-seccomp-profile-set",
  description: "Every container runs under a seccomp profile.",
  severity: "medium",
  remediationSteps: `Set securityContext.seccompProfile.type to RuntimeDefault in the pod. ${steps}`,
  check: (workload, report) => {
    for (const { name, value } of workload.containers) {
      const profile = inherited(workload, value, "seccompProfile").at("type");
      if (profile.isNot("RuntimeDefault", "Localhost")) {
        report(`container ${name} has the seccomp profile ${profile.text ?? "Unconfined"}`);
      }
    }
  },
});

/** A setting of a container's security context, or the pod's where the container has none. */
function inherited(workload: Workload, container: Value, key: string): Value {
  const own = container.at("securityContext", key);
  return own.missing ? workload.pod.at("securityContext", key) : own;
}

function securityContexts(workload: Workload): { where: string; context: Value }[] {
  return [
    { where: "the pod", context: workload.pod.at("securityContext") },
    ...workload.containers.map(({ name, value }) => ({
      where: `container ${name}`,
      context: value.at("securityContext"),
    })),
  ];
}

function isSetToOther(value: Value, allowed: readonly string[]): boolean {
  return !value.missing && value.isNot(...allowed);
}
