import type { Scope } from "./scope";

/** User and group of the Kafka image, which owns the brokers' data. */
export const KAFKA_UID = 10000;

/** User and group of the services image. */
export const SERVICES_UID = 10001;

/**
 * Pod security context that the PodSecurity standard `restricted` asks for.
 *
 * @param uid user and group that the containers run as, and the group that owns mounted volumes.
 */
export function restrictedPod(uid: number) {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: uid,
    fsGroup: uid,
    // Walking through a broker's whole data at each start takes minutes; a volume with the right owner is left alone.
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** Container security context that goes with {@link restrictedPod}: no capabilities, no way to gain any, a root file system that cannot be written. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Where the reason of an end is found: the last lines of a container that failed are in its pod's status, where Pulumi and `kubectl describe` show them. */
export const terminationMessage = { terminationMessagePolicy: "FallbackToLogsOnError" };

/** What every pod of the stack has: no service-account token, no environment variables of other Services, and what it needs to pull its image. */
export function podDefaults({ pullSecret }: Pick<Scope, "pullSecret">) {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(pullSecret !== undefined && { imagePullSecrets: [{ name: pullSecret }] }),
  };
}
