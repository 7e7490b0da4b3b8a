import * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../kubernetes/scope";
import type { JobResources } from "../operations/job-resources";
import type { JobsOfThisRun } from "../operations/this-run";
import { ToolJob } from "../operations/tool-job";
import { PORTS } from "./settings";

/** What must be known before servers get another configuration. */
export interface ServerChecksArgs extends Scope {
  /** What the Jobs of the servers ask for and may use. @default little */
  readonly jobResources?: JobResources | undefined;
  /** The Kafka image that the servers will run. */
  readonly image: pulumi.Input<string>;
  /** The `server.properties` to be. */
  readonly text: string;
  /** Changes with whatever restarts a server. */
  readonly restarts: pulumi.Input<string>;
  /** Whether brokers are controllers too. */
  readonly combined: boolean;
  /** Address of the ensemble. @default KRaft, without ZooKeeper */
  readonly zookeeperConnect?: string | undefined;
  /** Takes note of the Jobs that this run makes. @default nobody does */
  readonly thisRun?: JobsOfThisRun | undefined;
  /** Whether servers may be restarted although one is missing. @default false */
  readonly restartBesideMissing?: boolean | undefined;
}

/** Seconds to wait for servers that are on their way: a start takes seldom more than one minute. */
const PATIENCE_S = 180;

/** Name of the Job that waits until servers can be restarted. */
export const restartCheck = (name: string): string => `${name}-restart-check`;

/**
 * Jobs that come before a change of the servers, each only when what it judges has changed. One has the version's own parser read the configuration: what it refuses would end every server at its next
 * start, whenever that is. One waits until the servers that a restart takes away can be spared. Both run the Kafka image, so that a change of the chat's never runs them.
 *
 * @returns what the configuration and the servers must wait for
 */
export function serverChecks(
  name: string,
  args: ServerChecksArgs,
  opts: pulumi.ComponentResourceOptions,
): pulumi.Resource[] {
  const tool = (part: string, command: pulumi.Input<string>[], beforeCreate?: pulumi.ResourceHook) =>
    new ToolJob(`${name}-${part}`, { ...args, command, beforeCreate, deadlineSeconds: 2 * PATIENCE_S }, opts).job;
  const dedicated = args.combined ? ["broker,controller", "broker"] : ["broker", "controller"];
  const roles = args.zookeeperConnect === undefined ? dedicated : ["zookeeper"];
  const address = pulumi.interpolate`broker.${args.namespace}.svc:${PORTS.client}`;
  const noted = args.thisRun?.noting(restartCheck(name));
  return [
    tool("config-check", ["config-check.sh", args.text, ...roles]),
    ...(args.restartBesideMissing === true
      ? []
      : [tool("restart-check", ["restart-check.sh", address, String(PATIENCE_S), args.restarts], noted)]),
  ];
}
