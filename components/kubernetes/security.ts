import type { Scope } from "./scope";

/** User and group of the Kafka image, which own the brokers' data. */
export const KAFKA_UID = 10000;

/** User and group of the services image. */
export const SERVICES_UID = 10001;

/**
 * Pod security context for the PodSecurity standard `restricted`.
 *
 * @param uid user and group that run the containers, and the group that owns mounted volumes.
 */
export function restrictedPod(uid: number) {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: uid,
    fsGroup: uid,
    // Changing the owner of all of a broker's data at each start would take minutes; a volume with the right owner is left alone.
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** Container security context that goes with {@link restrictedPod}: no capabilities, no privilege escalation, a read-only root file system. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Puts the last lines of a failed container into its pod's status, where Pulumi and `kubectl describe` show them. */
export const terminationMessage = { terminationMessagePolicy: "FallbackToLogsOnError" };

/** Common to all pods of the stack: no service-account token, no environment variables of other Services, and the Secret for pulling the image. */
export function podDefaults({ pullSecret }: Pick<Scope, "pullSecret">) {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(pullSecret !== undefined && { imagePullSecrets: [{ name: pullSecret }] }),
  };
}
