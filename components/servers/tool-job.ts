import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { jobResources, type JobResources } from "../jobs/job-resources";
import { RUN_AGAIN_FOR, runOnce } from "../jobs/run-once";
import type { Scope } from "../kubernetes/scope";
import { KAFKA_UID, restrictedContainer, restrictedPod, terminationMessage } from "../kubernetes/security";
import { fileOf, type MountedFiles } from "../pods/mounted-files";

/** What a run of a script is made of. */
export interface ToolJobArgs extends Scope {
  /** The Kafka image. */
  readonly image: pulumi.Input<string>;
  /** A script of that image, and its arguments. */
  readonly command: readonly pulumi.Input<string>[];
  /** Requests and limits of its container. @default little */
  readonly jobResources?: JobResources | undefined;
  /** Name of a ConfigMap that the script finds at /etc/kafka if it exists: what an earlier update wrote, as it is before this one. @default none */
  readonly earlier?: string | undefined;
  /** Further files for the script, such as the certificate by which servers know it. @default none */
  readonly files?: readonly MountedFiles[] | undefined;
  /** A further trigger: the script runs again when it changes. @default none */
  readonly runAgainFor?: pulumi.Input<string> | undefined;
  /** Called before the Job is made. @default none */
  readonly beforeCreate?: pulumi.ResourceHook | undefined;
  /** Seconds after which the Job is given up. @default 300 */
  readonly deadlineSeconds?: number | undefined;
}

/** A Job that runs one of the Kafka image's own scripts. It fails the update when the script fails, and runs again whenever its arguments change. */
export class ToolJob extends pulumi.ComponentResource {
  /** Exists once the script has succeeded. */
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: ToolJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:operations:ToolJob", name, {}, opts);
    const files = [
      ...(args.earlier === undefined ? [] : [fileOf("earlier", "/etc/kafka", { name: args.earlier, optional: true })]),
      ...(args.files ?? []),
    ];
    this.job = runOnce(
      name,
      args,
      {
        deadlineSeconds: args.deadlineSeconds ?? 300,
        ...(args.runAgainFor !== undefined && { annotations: { [RUN_AGAIN_FOR]: args.runAgainFor } }),
        pod: {
          securityContext: restrictedPod(KAFKA_UID),
          containers: [
            {
              name: "tool",
              image: args.image,
              command: [...args.command],
              env: [
                { name: "KAFKA_TOOL_HEAP_OPTS", value: "-Xms64m -Xmx64m" },
                ...files.flatMap(({ env }) => env ?? []),
              ],
              ...terminationMessage,
              securityContext: restrictedContainer,
              resources: jobResources(args.jobResources),
              volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...files.map(({ mount }) => mount)],
            },
          ],
          volumes: [{ name: "tmp", emptyDir: { sizeLimit: "16Mi" } }, ...files.map(({ volume }) => volume)],
        },
      },
      { parent: this, beforeCreate: args.beforeCreate && [args.beforeCreate] },
    );
    this.registerOutputs({});
  }
}
