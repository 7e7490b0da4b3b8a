import type * as k8s from "@pulumi/kubernetes";

/** Files of a ConfigMap or a Secret for a container, and what tells the program where they are. */
export interface MountedFiles {
  /** The volume of the pod. */
  readonly volume: k8s.types.input.core.v1.Volume;
  /** Where the container has it. */
  readonly mount: k8s.types.input.core.v1.VolumeMount;
  /** What tells the program where the files are. @default none */
  readonly env?: k8s.types.input.core.v1.EnvVar;
}

/** The keys of a ConfigMap as files. A pod starts without it when it is optional, and finds no file then. */
export const fileOf = (
  name: string,
  mountPath: string,
  configMap: k8s.types.input.core.v1.ConfigMapVolumeSource,
): MountedFiles => ({ volume: { name, configMap }, mount: { name, mountPath, readOnly: true } });
