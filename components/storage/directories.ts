import * as pulumi from "@pulumi/pulumi";
import { basename, dirname } from "node:path/posix";
import { runOnce } from "../jobs/run-once";
import type { Scope } from "../kubernetes/scope";
import { terminationMessage } from "../kubernetes/security";

export interface VolumeDirectoriesArgs extends Scope {
  /** The directories to create. */
  readonly paths: readonly string[];
  /** Their node. @default any node, for clusters with one */
  readonly node?: string | undefined;
  /** User and group that own them. */
  readonly uid: number;
  /** Image with bash and coreutils. */
  readonly image: pulumi.Input<string>;
}

/**
 * Creates directories for hostPath volumes on a node, with the right owner: the kubelet's would belong to root, and fsGroup does not affect hostPath
 * volumes. The Job has its own namespace, so that no server's pod needs root.
 */
export class VolumeDirectories extends pulumi.ComponentResource {
  constructor(name: string, args: VolumeDirectoriesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:storage:VolumeDirectories", name, {}, opts);
    const parents = [...new Set(args.paths.map((path) => dirname(path)))];
    const targets = args.paths.map((path) => `/nodes/${parents.indexOf(dirname(path))}/${basename(path)}`);
    runOnce(
      name,
      args,
      {
        role: "volumes",
        deadlineSeconds: 300,
        retries: { backoffLimit: 3 },
        pod: {
          ...(args.node !== undefined && { nodeSelector: { "kubernetes.io/hostname": args.node } }),
          securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: "directories",
              image: args.image,
              // Only the directory itself: its content was written by its owner.
              command: [
                "bash",
                "-c",
                'owner=$1; shift; mkdir -p "$@" && chown "$owner:$owner" "$@" && chmod 750 "$@"',
                "directories",
              ],
              args: [String(args.uid), ...targets],
              ...terminationMessage,
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"], add: ["CHOWN", "DAC_OVERRIDE", "FOWNER"] },
              },
              resources: {
                requests: { cpu: "10m", memory: "16Mi", "ephemeral-storage": "16Mi" },
                limits: { cpu: "1", memory: "32Mi", "ephemeral-storage": "16Mi" },
              },
              volumeMounts: parents.map((_, index) => ({ name: `parent-${index}`, mountPath: `/nodes/${index}` })),
            },
          ],
          volumes: parents.map((path, index) => ({
            name: `parent-${index}`,
            hostPath: { path, type: "DirectoryOrCreate" },
          })),
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
