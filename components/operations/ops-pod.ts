import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../kubernetes/scope";
import { quietPod, restrictedContainer, restrictedPod, saysWhyItEnded, SERVICES_UID } from "../kubernetes/security";
import { jobResources, type JobResources } from "./job-resources";

/** What every run of the ops program needs. */
export interface OpsContainerArgs {
  /** The services image. */
  readonly image: pulumi.Input<string>;
  /** Bootstrap address of the brokers. */
  readonly bootstrap: pulumi.Input<string>;
  /** Requests and limits of its container. @default little */
  readonly jobResources?: JobResources | undefined;
}

/** Name of the ConfigMap that says which servers the stack has begun to run. It is written before they first start, and goes with the stack. */
export const BEGUN = "kafka-begun";

/** Its key. */
export const BEGUN_FILE = "servers.json";

const BEGUN_PATH = "/etc/begun";

/** The record as a volume: a pod starts without it before there is one, and finds no file then. */
export const begunVolume = { name: "begun", configMap: { name: BEGUN, optional: true } };

/** Where a container has {@link begunVolume}. */
export const begunMount = { name: "begun", mountPath: BEGUN_PATH, readOnly: true };

/** What all pods that run the ops program have in common. */
export function opsPod(scope: Pick<Scope, "pullSecret">) {
  return { ...quietPod(scope), restartPolicy: "Never", securityContext: restrictedPod(SERVICES_UID) };
}

/**
 * A container that runs the ops program.
 *
 * @param command its words
 * @param files whether a volume `files` is mounted at /etc/ops.
 * @param begun whether {@link begunVolume} is mounted.
 */
export function opsContainer(
  args: OpsContainerArgs,
  command: readonly string[],
  files: boolean,
  begun = false,
): k8s.types.input.core.v1.Container {
  return {
    name: "ops",
    image: args.image,
    command: ["node", "/app/ops.js"],
    args: [...command],
    env: [
      { name: "KAFKA_BOOTSTRAP_ADDRESS", value: args.bootstrap },
      ...(begun ? [{ name: "KAFKA_BEGUN_FILE", value: `${BEGUN_PATH}/${BEGUN_FILE}` }] : []),
    ],
    ...saysWhyItEnded,
    securityContext: restrictedContainer,
    resources: jobResources(args.jobResources),
    volumeMounts: [
      ...(files ? [{ name: "files", mountPath: "/etc/ops", readOnly: true }] : []),
      ...(begun ? [begunMount] : []),
    ],
  };
}
