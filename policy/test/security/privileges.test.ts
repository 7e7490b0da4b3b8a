import * as rules from "../../rules/security/privileges";
import { deployment, job, statefulSet, unknown } from "../builders";
import { expectations, fails, passes, waits } from "../expectations";

const context = (securityContext: Record<string, string | number | boolean>) =>
  statefulSet({ container: { securityContext } });

expectations(
  rules.podPrivilegedForbidden,
  fails("with a privileged container", context({ privileged: true }), /container main is privileged/),
  fails("with an unmasked /proc", context({ procMount: "Unmasked" }), /container main has procMount Unmasked/),
  fails(
    "with an unsafe sysctl",
    deployment({ pod: { securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } } }),
    /the pod sets the unsafe sysctl kernel\.msgmax/,
  ),
  fails(
    "with AppArmor turned off",
    deployment({ pod: { securityContext: { appArmorProfile: { type: "Unconfined" } } } }),
    /the pod turns AppArmor off/,
  ),
  fails(
    "with a SELinux type of its own",
    statefulSet({ container: { securityContext: { seLinuxOptions: { type: "spc_t" } } } }),
    /container main sets seLinuxOptions/,
  ),
  passes("with a safe sysctl", deployment({ pod: { securityContext: { sysctls: [{ name: "net.ipv4.tcp_rmem" }] } } })),
  passes("with none of it", statefulSet()),
  waits("the context is unknown", statefulSet({ container: { securityContext: unknown } })),
);

expectations(
  rules.containerCapabilitiesDropped,
  fails(
    "without dropping",
    statefulSet({ container: { securityContext: { capabilities: undefined } } }),
    /container main does not drop ALL/,
  ),
  fails(
    "with a capability added",
    job({ container: { securityContext: { capabilities: { add: ["SYS_ADMIN"] } } } }),
    /container main adds the capability SYS_ADMIN/,
  ),
  passes(
    "with only NET_BIND_SERVICE added",
    statefulSet({ container: { securityContext: { capabilities: { add: ["NET_BIND_SERVICE"] } } } }),
  ),
  waits(
    "what is dropped is unknown",
    statefulSet({ container: { securityContext: { capabilities: { drop: unknown } } } }),
  ),
  waits(
    "one of what is dropped is unknown",
    statefulSet({ container: { securityContext: { capabilities: { drop: [unknown] } } } }),
  ),
);

expectations(
  rules.containerPrivilegeEscalationForbidden,
  fails(
    "left to the default",
    deployment({ container: { securityContext: { allowPrivilegeEscalation: undefined } } }),
    /container main does not set allowPrivilegeEscalation to false/,
  ),
  fails("when allowed", context({ allowPrivilegeEscalation: true }), /does not set allowPrivilegeEscalation/),
  passes("when forbidden", job()),
  waits("it is unknown", context({ allowPrivilegeEscalation: unknown })),
);

expectations(
  rules.podRunsAsNonRoot,
  fails(
    "left to the image",
    deployment({ pod: { securityContext: { runAsNonRoot: undefined } } }),
    /container main does not set runAsNonRoot/,
  ),
  fails("with user 0", context({ runAsUser: 0 }), /container main runs as user 0/),
  fails("with a container that undoes the pod's", context({ runAsNonRoot: false }), /does not set runAsNonRoot/),
  passes("when the pod says it for its containers", statefulSet()),
  waits(
    "the user is unknown",
    statefulSet({ pod: { securityContext: { runAsUser: unknown, runAsNonRoot: unknown } } }),
  ),
);

expectations(
  rules.podSeccompProfileSet,
  fails(
    "without a profile",
    statefulSet({ pod: { securityContext: { seccompProfile: undefined } } }),
    /container main has the seccomp profile Unconfined/,
  ),
  fails(
    "with a container that opts out",
    statefulSet({ container: { securityContext: { seccompProfile: { type: "Unconfined" } } } }),
    /container main has the seccomp profile Unconfined/,
  ),
  passes("with the runtime's", deployment()),
  waits("the profile is unknown", statefulSet({ pod: { securityContext: { seccompProfile: unknown } } })),
);
