import type { V1Pod } from "@kubernetes/client-node";

/** Whether a pod mounts a claim. */
export function uses({ spec }: V1Pod, claim: string): boolean {
  return (spec?.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim);
}

/** Whether a container of a pod ever started. */
export function hasStarted({ status }: V1Pod): boolean {
  return (status?.containerStatuses ?? []).some(
    ({ state, lastState, restartCount }) =>
      restartCount > 0 || [state, lastState].some((one) => one?.running !== undefined || one?.terminated !== undefined),
  );
}
