import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { tlsFiles } from "../certificates/tls-files";
import type { Authentication } from "../kafka/settings";
import type { Scope } from "../kubernetes/scope";
import {
  podDefaults,
  restrictedContainer,
  restrictedPod,
  terminationMessage,
  SERVICES_UID,
} from "../kubernetes/security";
import { heapMiB, jobResources, type JobResources } from "./job-resources";

/** What every run of the ops program needs. */
export interface OpsContainerArgs {
  /** The services image. */
  readonly image: pulumi.Input<string>;
  /** Bootstrap address of the brokers. */
  readonly bootstrap: pulumi.Input<string>;
  /** By what it is known to the brokers. @default none */
  readonly authentication?: Authentication | undefined;
  /** Requests and limits of its container. @default little */
  readonly jobResources?: JobResources | undefined;
}

/** Name of the ConfigMap that says which servers the stack has begun to run. It is written before they first start, and goes with the stack. */
export const BEGUN = "kafka-begun";

/** Its key. */
export const BEGUN_FILE = "servers.json";

/** Files of a ConfigMap for a container, and what tells the program where they are. */
export interface MountedFiles {
  /** The volume of the pod. */
  readonly volume: k8s.types.input.core.v1.Volume;
  /** Where the container has it. */
  readonly mount: k8s.types.input.core.v1.VolumeMount;
  /** What tells the program where the files are. @default none */
  readonly env?: k8s.types.input.core.v1.EnvVar;
}

/** Where a pod of operations finds what the cluster shall be (services/src/ops/users/commands.ts looks there, too). */
export const CLUSTER_PATH = "/etc/ops";

/** The document of what the cluster shall be, as a file. */
export const clusterDocument = (clusterFile: pulumi.Input<string>): MountedFiles =>
  fileOf("cluster", CLUSTER_PATH, { name: clusterFile });

/** The keys of a ConfigMap as files. A pod starts without it when it is optional, and finds no file then. */
export const fileOf = (
  name: string,
  mountPath: string,
  configMap: k8s.types.input.core.v1.ConfigMapVolumeSource,
): MountedFiles => ({ volume: { name, configMap }, mount: { name, mountPath, readOnly: true } });

/** The certificate that the program shows to brokers, where they ask for one. */
export const certificateOf = ({ authentication }: Pick<OpsContainerArgs, "authentication">): readonly MountedFiles[] =>
  authentication === "tls" ? [tlsFiles("ops")] : [];

/** What earlier updates left: which servers they began to run, and what those read. */
export function recordsOf(earlier: string): readonly MountedFiles[] {
  const [begunPath, earlierPath] = ["/etc/begun", "/etc/earlier"];
  return [
    {
      ...fileOf("begun", begunPath, { name: BEGUN, optional: true }),
      env: { name: "KAFKA_BEGUN_FILE", value: `${begunPath}/${BEGUN_FILE}` },
    },
    {
      ...fileOf("earlier", earlierPath, { name: earlier, optional: true }),
      env: { name: "KAFKA_EARLIER_CONFIG_DIR", value: earlierPath },
    },
  ];
}

/** What all pods that run the ops program have in common. */
export function opsPod(scope: Pick<Scope, "pullSecret">) {
  return { ...podDefaults(scope), restartPolicy: "Never", securityContext: restrictedPod(SERVICES_UID) };
}

/** A container that runs the ops program with a command, and finds files. */
export function opsContainer(
  args: OpsContainerArgs,
  command: readonly string[],
  files: readonly MountedFiles[] = [],
): k8s.types.input.core.v1.Container {
  const resources = jobResources(args.jobResources);
  return {
    name: "ops",
    image: args.image,
    command: ["node", "/app/ops.js"],
    args: [...command],
    env: [
      { name: "KAFKA_BOOTSTRAP_ADDRESS", value: args.bootstrap },
      { name: "NODE_OPTIONS", value: `--max-old-space-size=${heapMiB(resources.limits.memory)}` },
      ...files.flatMap(({ env }) => env ?? []),
    ],
    ...terminationMessage,
    securityContext: restrictedContainer,
    resources,
    volumeMounts: files.map(({ mount }) => mount),
  };
}
