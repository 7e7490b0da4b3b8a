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
import { fileOf, type MountedFiles } from "../pods/mounted-files";
import { orderKeyFiles } from "../servers/order-key";
import { heapMiB, jobResources, type JobResources } from "../jobs/job-resources";

/** Arguments of every run of the ops program. */
export interface OpsContainerArgs {
  /** The services image. */
  readonly image: pulumi.Input<string>;
  /** Bootstrap address of the brokers. */
  readonly bootstrap: pulumi.Input<string>;
  /** How it authenticates to the brokers. @default none */
  readonly authentication?: Authentication | undefined;
  /** Whether there are controllers, which it may tell to retire or to return. @default false */
  readonly controllers?: boolean | undefined;
  /** Requests and limits of its container. @default small ones */
  readonly jobResources?: JobResources | undefined;
}

/**
 * Name of the ConfigMap that records the servers that the stack has begun to run. It is written before they first start, and deleted with the stack.
 */
export const BEGUN = "kafka-begun";

/** Its key. */
export const BEGUN_FILE = "servers.json";

/** Where a pod of operations finds the document of the desired state (services/src/ops/users/commands.ts looks there, too). */
export const CLUSTER_PATH = "/etc/ops";

/** The document of the desired state, as a file. */
export const clusterDocument = (clusterFile: pulumi.Input<string>): MountedFiles =>
  fileOf("cluster", CLUSTER_PATH, { name: clusterFile });

/** The program's client certificate, where brokers ask for one. */
export const certificateOf = ({ authentication }: Pick<OpsContainerArgs, "authentication">): readonly MountedFiles[] =>
  authentication === "tls" ? [tlsFiles("ops")] : [];

/** The key for orders to controllers, where there are some. */
export const orderKeyOf = ({ controllers }: Pick<OpsContainerArgs, "controllers">): readonly MountedFiles[] =>
  controllers === true ? [orderKeyFiles] : [];

/** What earlier updates left: the record of begun servers, and their configuration. */
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

/** Common to all pods that run the ops program. */
export function opsPod(scope: Pick<Scope, "pullSecret">) {
  return { ...podDefaults(scope), restartPolicy: "Never", securityContext: restrictedPod(SERVICES_UID) };
}

/** A container that runs a command of the ops program, with files. */
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
