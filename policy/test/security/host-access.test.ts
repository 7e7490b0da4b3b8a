import * as rules from "../../rules/security/host-access";
import { deployment, job, statefulSet, unknown } from "../builders";
import { expectations, fails, passes, waits } from "../expectations";

const hostPath = { volumes: [{ name: "logs", hostPath: { path: "/var/log" } }] };

expectations(
  rules.podHostNamespacesForbidden,
  fails("with the node's network and processes", deployment({ pod: { hostNetwork: true, hostPID: true } }), [
    /hostNetwork is true/,
    /hostPID is true/,
  ]),
  fails(
    "with a port of the node",
    statefulSet({ container: { ports: [{ containerPort: 9092, hostPort: 9092 }] } }),
    /container main takes port 9092 of the node/,
  ),
  fails(
    "as a Windows host process",
    deployment({ container: { securityContext: { windowsOptions: { hostProcess: true } } } }),
    /container main is a Windows host process/,
  ),
  passes("without", deployment({ pod: { hostNetwork: false } })),
  passes("in an allowed stack", deployment({ stack: "dev-1", pod: { hostIPC: true } }), { allowedStacks: ["dev*"] }),
  waits("hostNetwork is unknown", deployment({ pod: { hostNetwork: unknown } })),
);

expectations(
  rules.podProbeHostForbidden,
  fails(
    "with a probe of another host",
    statefulSet({ container: { readinessProbe: { httpGet: { host: "169.254.169.254" } } } }),
    /container main: readinessProbe\.httpGet\.host is 169\.254\.169\.254/,
  ),
  fails(
    "with a hook that calls another host",
    deployment({ container: { lifecycle: { preStop: { tcpSocket: { host: "db", port: 1 } } } } }),
    /lifecycle\.preStop\.tcpSocket\.host is db/,
  ),
  passes("with a probe of the pod", deployment()),
  waits("the host is unknown", statefulSet({ container: { readinessProbe: { httpGet: { host: unknown } } } })),
);

expectations(
  rules.podHostPathForbidden,
  fails("with a path of the node", statefulSet({ pod: hostPath }), /volume logs is the node's \/var\/log/),
  fails("in a Job too", job({ pod: hostPath }), /Job kafka\/topics: volume logs/),
  passes("without", statefulSet()),
  passes("in an allowed stack", statefulSet({ stack: "dev", pod: hostPath }), { allowedStacks: ["dev"] }),
  passes("for an exempt object", job({ pod: hostPath }), { exempt: ["kafka/top*"] }),
  waits("the volumes are unknown", statefulSet({ pod: { volumes: unknown } })),
  waits("the volume is unknown", statefulSet({ pod: { volumes: [{ name: "logs", hostPath: unknown }] } })),
);

expectations(
  rules.podVolumeTypesRestricted,
  fails(
    "with an NFS volume",
    statefulSet({ pod: { volumes: [{ name: "share", nfs: { server: "nfs", path: "/" } }] } }),
    /volume share is of type nfs/,
  ),
  fails(
    "with a git repository",
    deployment({ pod: { volumes: [{ name: "source", gitRepo: { repository: "r" } }] } }),
    /volume source is of type gitRepo/,
  ),
  passes("with what restricted allows", deployment({ pod: { volumes: [{ name: "a", secret: { secretName: "b" } }] } })),
  waits("the volume is unknown", deployment({ pod: { volumes: [unknown] } })),
);
