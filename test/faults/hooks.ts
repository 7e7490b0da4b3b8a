import { up as sandboxUp } from "../../sandbox/up";
import { skipWithoutEngine } from "../e2e/support/engine";
import { cleanSlate } from "../e2e/support/clean-slate";
import { inPod } from "../e2e/support/kubectl";
import { TOPIC } from "./load";
import { printReport } from "./report";
import { change, takeDown } from "./stack";

/** Whether there is anything to take down. */
let started = false;

/** Before the first fault: a sandbox of three nodes with nothing else on it, and a topic whose records outlive any one server. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(40 * 60_000);
    await skipWithoutEngine(this);
    started = true;
    await sandboxUp({ nodes: 3 });
    await cleanSlate();
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
    if (!started) return;
    printReport();
    await takeDown();
  },
};
