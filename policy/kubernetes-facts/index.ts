/**
 * What tools must know of Kubernetes without asking a cluster. This module is the package's only entry point; it needs nothing. It lies in the policy pack's folder, because the
 * pack is used by copying that folder.
 */
export { immutablePaths, isMutableInPod, VOLUME_SOURCES } from "./immutable";
export { isClusterScoped } from "./kinds";
export { parseQuantity, QUANTITY_PATTERN } from "./quantity";
export { SAFE_SYSCTLS } from "./sysctls";
