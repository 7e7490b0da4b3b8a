import { SAFE_SYSCTLS } from "../../../policy/kubernetes-facts";
import { flag, list, object, oneOf, only, text } from "../shape";
import { anyText, id, RESTRICTED } from "./forms";

const seccompProfile = object({ "type!": oneOf("RuntimeDefault", "Localhost"), localhostProfile: text() });
const appArmorProfile = object({ "type!": oneOf("RuntimeDefault", "Localhost"), localhostProfile: text() });
const seLinuxOptions = object(
  { level: text(), type: oneOf("container_t", "container_init_t", "container_kvm_t", "container_engine_t") },
  { user: RESTRICTED, role: RESTRICTED },
);
/** The securityContext of a container. */
export const containerSecurity = object(
  {
    runAsUser: id,
    runAsGroup: id,
    runAsNonRoot: only(true),
    readOnlyRootFilesystem: flag,
    allowPrivilegeEscalation: only(false),
    capabilities: object({
      drop: list(oneOf("ALL"), "a list of ALL alone"),
      add: list(oneOf("NET_BIND_SERVICE"), "a list of NET_BIND_SERVICE alone"),
    }),
    seccompProfile,
    appArmorProfile,
    seLinuxOptions,
  },
  { privileged: RESTRICTED, procMount: RESTRICTED, windowsOptions: "the nodes are Linux" },
);

const OWNER = "the image's user owns the files and the data";

/** The securityContext of a pod. */
export const podSecurity = object(
  {
    fsGroupChangePolicy: oneOf("OnRootMismatch", "Always"),
    supplementalGroups: list(id, "a list of groups"),
    seccompProfile,
    appArmorProfile,
    seLinuxOptions,
    sysctls: list(object({ "name!": oneOf(...SAFE_SYSCTLS), "value!": anyText }), "a list of sysctls"),
  },
  {
    runAsUser: OWNER,
    runAsGroup: OWNER,
    fsGroup: OWNER,
    runAsNonRoot: "it is true, as `restricted` requires",
    privileged: RESTRICTED,
  },
);
