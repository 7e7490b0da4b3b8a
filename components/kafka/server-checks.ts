import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { tlsFiles } from "../certificates/tls-files";
import type { MountedFiles } from "../pods/mounted-files";
import type { Scope } from "../kubernetes/scope";
import type { JobResources } from "../jobs/job-resources";
import type { JobsOfThisRun } from "../jobs/this-run";
import { ToolJob } from "../servers/tool-job";
import {
  type Authentication,
  metadataOf,
  type PasswordListener,
  PORTS,
  serverProperties,
  type Settings,
} from "./settings";

/** Arguments common to both checks of the servers. */
interface CheckArgs extends Scope {
  /** Requests and limits of the Jobs. @default small ones */
  readonly jobResources?: JobResources | undefined;
  /** The Kafka image that the servers will run. */
  readonly image: pulumi.Input<string>;
  /** How clients and servers authenticate. @default none */
  readonly authentication?: Authentication | undefined;
}

/** The certificate that a script shows to the servers, where they ask for one. */
export const toolCertificate = (authentication: Authentication | undefined): readonly MountedFiles[] =>
  authentication === "tls" ? [tlsFiles("ops")] : [];

export interface ConfigCheckArgs extends CheckArgs {
  /** Broker settings under Kafka's own names. */
  readonly settings: Settings;
  /** The listeners that take passwords. @default none */
  readonly passwords?: readonly PasswordListener[] | undefined;
  /** Whether controllers run in their own pods. Not used with ZooKeeper. */
  readonly dedicated: boolean;
  /** Address of the ensemble. @default KRaft, without ZooKeeper */
  readonly zookeeperConnect?: string | undefined;
}

export interface RestartCheckArgs extends CheckArgs {
  /** Name of the servers' ConfigMap, as it is before this update: without one, no server has ever run. */
  readonly earlier: string;
  /** Changes with everything that restarts a server. */
  readonly restarts: pulumi.Input<string>;
  /** Records the Jobs of this run. @default nothing does */
  readonly thisRun?: JobsOfThisRun | undefined;
}

/** Seconds to wait for starting servers: a start seldom takes more than one minute. */
const PATIENCE_S = 180;

/** Name of the Job that waits until servers can be restarted. */
export const restartCheckName = (name: string): string => `${name}-restart-check`;

/**
 * A Job in which the version's own parser reads the configuration: a refused one would stop every server at its next start. It comes before
 * everything else in a change, so that a refusal drains nothing. It uses the Kafka image and runs only when the configuration, the roles or the image
 * change.
 */
export function configCheck(
  name: string,
  args: ConfigCheckArgs,
  opts: pulumi.ComponentResourceOptions,
): k8s.batch.v1.Job {
  const { zookeeperConnect, settings, authentication, passwords } = args;
  const { text } = serverProperties(metadataOf(zookeeperConnect), settings, authentication, passwords);
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
 * A Job that waits until the restarting servers can be spared. It comes right before the servers, after the preparation of the change, so that it
 * judges moved partitions at their new place. It uses the Kafka image, so that a change of the chat never runs it.
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
