import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { tlsFiles } from "../certificates/tls-files";
import type { Authentication } from "../kafka/settings";
import { replaceUnready } from "../kubernetes/await-annotations";
import { labels, metadata, type Scope } from "../kubernetes/scope";
import { KAFKA_UID, podDefaults, restrictedContainer, restrictedPod, terminationMessage } from "../kubernetes/security";
import { podMetadata, podSpec } from "../pods/overlay";
import { jobResources, type JobResources } from "./job-resources";
import { retries } from "./retries";

/** Arguments of a script's run. */
export interface ToolJobArgs extends Scope {
  /** The Kafka image. */
  readonly image: pulumi.Input<string>;
  /** A script of that image, and its arguments. */
  readonly command: readonly pulumi.Input<string>[];
  /** Requests and limits of its container. @default small ones */
  readonly jobResources?: JobResources | undefined;
  /** Name of a ConfigMap that the script finds at /etc/kafka if it exists: an earlier update wrote it. @default none */
  readonly earlier?: string | undefined;
  /** How the script authenticates to the servers. @default none */
  readonly authentication?: Authentication | undefined;
  /** Called before the Job is created. @default none */
  readonly beforeCreate?: pulumi.ResourceHook | undefined;
  /** Seconds after which the Job is given up. @default 300 */
  readonly deadlineSeconds?: number | undefined;
}

/** A Job that runs one of the Kafka image's scripts. It fails the update when the script fails, and runs again whenever its arguments change. */
export class ToolJob extends pulumi.ComponentResource {
  /** Exists once the script has succeeded. */
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: ToolJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:operations:ToolJob", name, {}, opts);
    const deadline = args.deadlineSeconds ?? 300;
    const tls = args.authentication === "tls" ? [tlsFiles("ops")] : [];
    this.job = new k8s.batch.v1.Job(
      name,
      {
        metadata: metadata(args, "ops", undefined, replaceUnready),
        spec: {
          ...retries,
          activeDeadlineSeconds: deadline,
          template: {
            metadata: podMetadata(args, "ops", { labels: labels(args.instance, "ops") }),
            spec: podSpec(args, "ops", {
              ...podDefaults(args),
              restartPolicy: "Never",
              securityContext: restrictedPod(KAFKA_UID),
              containers: [
                {
                  name: "tool",
                  image: args.image,
                  command: [...args.command],
                  env: [{ name: "KAFKA_TOOL_HEAP_OPTS", value: "-Xms64m -Xmx64m" }, ...tls.map(({ env }) => env)],
                  ...terminationMessage,
                  securityContext: restrictedContainer,
                  resources: jobResources(args.jobResources),
                  volumeMounts: [
                    { name: "tmp", mountPath: "/tmp" },
                    ...(args.earlier === undefined
                      ? []
                      : [{ name: "earlier", mountPath: "/etc/kafka", readOnly: true }]),
                    ...tls.map(({ mount }) => mount),
                  ],
                },
              ],
              volumes: [
                { name: "tmp", emptyDir: { sizeLimit: "16Mi" } },
                ...(args.earlier === undefined
                  ? []
                  : [{ name: "earlier", configMap: { name: args.earlier, optional: true } }]),
                ...tls.map(({ volume }) => volume),
              ],
            }),
          },
        },
      },
      {
        parent: this,
        ...(args.beforeCreate && { hooks: { beforeCreate: [args.beforeCreate] } }),
        customTimeouts: { create: `${deadline + 60}s`, delete: "5m" },
      },
    );
    this.registerOutputs({});
  }
}
