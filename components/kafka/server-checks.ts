import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { tlsFiles } from "../certificates/tls-files";
import type { MountedFiles } from "../pods/mounted-files";
import type { Scope } from "../kubernetes/scope";
import type { JobResources } from "../jobs/job-resources";
import type { JobsOfThisRun } from "../jobs/this-run";
import { ToolJob } from "../servers/tool-job";
import { type Authentication, metadataOf, PORTS, serverProperties, type Settings } from "./settings";

/** What both checks of the servers have in common. */
interface CheckArgs extends Scope {
  /** What the Jobs ask for and may use. @default little */
  readonly jobResources?: JobResources | undefined;
  /** The Kafka image that the servers will run. */
  readonly image: pulumi.Input<string>;
  /** By what clients and servers know each other. @default none */
  readonly authentication?: Authentication | undefined;
}

/** The certificate that a script shows to the servers, where they ask for one. */
export const toolCertificate = (authentication: Authentication | undefined): readonly MountedFiles[] =>
  authentication === "tls" ? [tlsFiles("ops")] : [];

export interface ConfigCheckArgs extends CheckArgs {
  /** Broker settings under Kafka's own names. */
  readonly settings: Settings;
  /** Whether controllers run in pods of their own. Not used with ZooKeeper. */
  readonly dedicated: boolean;
  /** Address of the ensemble. @default KRaft, without ZooKeeper */
  readonly zookeeperConnect?: string | undefined;
}

export interface RestartCheckArgs extends CheckArgs {
  /** Changes with whatever restarts a server. */
  readonly restarts: pulumi.Input<string>;
  /** Takes note of the Jobs that this run makes. @default nobody does */
  readonly thisRun?: JobsOfThisRun | undefined;
}

/** Seconds to wait for servers that are on their way: a start takes seldom more than one minute. */
const PATIENCE_S = 180;

/** Name of the Job that waits until servers can be restarted. */
export const restartCheckName = (name: string): string => `${name}-restart-check`;

/**
 * A Job that has the version's own parser read the configuration: what it refuses would end every server at its next start, whenever that is. It comes before all
 * that is done for a change, so that nothing was drained when it refuses. It runs the Kafka image and only when the configuration, the roles or the image change.
 */
export function configCheck(
  name: string,
  args: ConfigCheckArgs,
  opts: pulumi.ComponentResourceOptions,
): k8s.batch.v1.Job {
  const { text } = serverProperties(metadataOf(args.zookeeperConnect), args.settings, args.authentication);
  const kraft = args.dedicated ? ["broker", "controller"] : ["broker,controller", "broker"];
  const roles = args.zookeeperConnect === undefined ? kraft : ["zookeeper"];
  const command = ["config-check.sh", text, ...roles];
  return new ToolJob(
    `${name}-config-check`,
    { ...args, command, files: toolCertificate(args.authentication), deadlineSeconds: 2 * PATIENCE_S },
    opts,
  ).job;
}

/**
 * A Job that waits until the servers that a restart takes away can be spared. It comes right before the servers, after what was prepared for them: partitions that
 * were moved are judged where they are. It runs the Kafka image, so that a change of the chat's never runs it.
 */
export function restartCheck(
  name: string,
  args: RestartCheckArgs,
  opts: pulumi.ComponentResourceOptions,
): k8s.batch.v1.Job {
  const address = pulumi.interpolate`broker.${args.namespace}.svc:${PORTS.client}`;
  const command = ["restart-check.sh", address, String(PATIENCE_S), args.restarts];
  const beforeCreate = args.thisRun?.noting(restartCheckName(name));
  const job = {
    ...args,
    command,
    files: toolCertificate(args.authentication),
    beforeCreate,
    deadlineSeconds: 2 * PATIENCE_S,
  };
  return new ToolJob(restartCheckName(name), job, opts).job;
}
