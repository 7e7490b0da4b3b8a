import {
  ConfigResourceTypes,
  describeConfigsV4,
  incrementalAlterConfigsV1,
  IncrementalAlterConfigOperationTypes,
} from "@platformatic/kafka";
import { Argument, type Command, InvalidArgumentError } from "commander";
import { setTimeout } from "node:timers/promises";
import { number } from "./arguments.js";
import type { Cluster } from "./cluster.js";
import { type Common, type ProgramEnvironment, withCluster } from "./environment.js";
import { RefusedError } from "./refused.js";

/** Kafka's log levels. */
const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/** Adds `log-level`. */
export function addLogLevel(program: Command, environment: ProgramEnvironment): void {
  const { print, signal } = environment;
  program
    .command("log-level")
    .description("show or change the level of a broker's logger; a restart of the broker undoes the change")
    .argument("<broker>", "such as broker-1, or 1", brokerId)
    .argument("<logger>", "such as kafka.server.ReplicaManager")
    .addArgument(new Argument("[level]", "without it, the level is shown").choices(LEVELS))
    .option("--for <seconds>", "set it back after this time, or when asked to stop", number(1, 86_400))
    .option("--wait <seconds>", "how long to wait for the broker", number(0, 86_400), 10)
    .action(async (broker: number, logger: string, level: string | undefined, options: Common & { for?: number }) => {
      await withCluster(environment, options, async (cluster) => {
        const before = await levelOf(cluster, broker, logger);
        if (level === undefined) {
          print(`${logger} of broker ${broker}: ${before}`);
          return;
        }
        await setLevel(cluster, broker, logger, level);
        print(`${logger} of broker ${broker}: ${before} -> ${level}`);
        if (options.for === undefined) return;
        await setTimeout(options.for * 1_000, undefined, { signal }).catch(() => undefined);
        await setLevel(cluster, broker, logger, before);
        print(`${logger} of broker ${broker}: ${level} -> ${before}`);
      });
    });
}

/** @throws unless it is a number or `broker-<number>`. */
function brokerId(text: string): number {
  const id = /^(?:broker-)?(\d{1,9})$/.exec(text)?.[1];
  if (id === undefined) throw new InvalidArgumentError("It must be broker-<number> or a number.");
  return Number(id);
}

/** @throws RefusedError when the broker has no such logger. */
async function levelOf(cluster: Cluster, broker: number, logger: string): Promise<string> {
  const asked = [
    { resourceType: ConfigResourceTypes.BROKER_LOGGER, resourceName: String(broker), configurationKeys: null },
  ];
  const what = `reading the log levels of broker ${broker}`;
  const { results } = await cluster.request(what, broker, describeConfigsV4.api, asked, false, false);
  const level = results[0]?.configs.find(({ name }) => name === logger)?.value;
  if (level == null) {
    throw new RefusedError(
      `Broker ${broker} has no logger ${logger}. Names are those at the beginning of its log's lines, with their package, such as kafka.server.ReplicaManager.`,
    );
  }
  return level;
}

async function setLevel(cluster: Cluster, broker: number, logger: string, level: string): Promise<void> {
  const change = { name: logger, configOperation: IncrementalAlterConfigOperationTypes.SET, value: level };
  const resource = { resourceType: ConfigResourceTypes.BROKER_LOGGER, resourceName: String(broker), configs: [change] };
  const what = `setting the level of ${logger} of broker ${broker}`;
  await cluster.request(what, broker, incrementalAlterConfigsV1.api, [resource], false);
}
