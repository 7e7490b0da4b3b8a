import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { up as sandboxUp } from "../../sandbox/up";
import { inPod } from "../e2e/support/kubectl";
import { down } from "../e2e/support/stack";
import { TOPIC } from "./load";
import { printReport } from "./report";
import { change, STACK, takeDown } from "./stack";

const STATES = join(process.cwd(), ".sandbox", "state");

/** Before the first fault: a sandbox of three nodes with nothing else on it, and a topic whose records outlive any one server. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(40 * 60_000);
    await sandboxUp({ nodes: 3 });
    for (const stack of others()) await down(stack);
    await change();
    await inPod(
      "broker-0",
      "kafka-topics.sh",
      "--bootstrap-server",
      "localhost:9092",
      "--create",
      "--if-not-exists",
      "--topic",
      TOPIC,
      "--partitions",
      "12",
      "--replication-factor",
      "3",
      "--config",
      "min.insync.replicas=2",
    );
  },

  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(10 * 60_000);
    printReport();
    await takeDown();
  },
};

/** Stacks that something was made of: they would have the same ports. */
function others(): string[] {
  if (!existsSync(STATES)) return [];
  return readdirSync(STATES)
    .flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? [])
    .filter((stack) => stack !== STACK);
}
