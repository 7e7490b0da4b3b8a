import { join } from "node:path";
import { kubectl } from "../test/e2e/support/kubectl";
import { up } from "../test/e2e/support/stack";
import { up as sandboxUp } from "../sandbox/up";
import { until } from "../test/e2e/support/until";
import { BareBrokers } from "./bare-brokers";
import { describeRatios } from "./ratios";

const PAIRS = 5;

/** Seconds from a broker's kill until it is back in the ISR of its partitions: a pod of the stack, against a bare JVM that is started again at once. */
export async function brokerRecovery(): Promise<string[]> {
  await sandboxUp();
  await up("dev");
  await using bare = await BareBrokers.start(join(process.cwd(), ".sandbox", "bare"));
  for (const id of [0, 1, 2]) await bare.ready(id);

  const timed = async (work: () => Promise<void>): Promise<number> => {
    const from = performance.now();
    await work();
    return (performance.now() - from) / 1000;
  };
  const killed = () =>
    timed(async () => {
      const pod = ["pod", "broker-2", "-n", "kafka"];
      const uid = await kubectl("get", ...pod, "-o", "jsonpath={.metadata.uid}");
      await kubectl("delete", ...pod, "--grace-period=0", "--force", "--wait=false");
      await until("broker-2 is another pod", 60, async () =>
        (await kubectl("get", ...pod, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}")) === uid
          ? "not yet"
          : null,
      );
      await kubectl("wait", ...pod, "--for=condition=Ready", "--timeout=120s");
    });
  const restarted = () =>
    timed(async () => {
      await bare.stop(2);
      bare.startBroker(2);
      await bare.ready(2);
    });
  const pairs: [number, number][] = [];
  for (let pair = 0; pair < PAIRS; pair++) pairs.push([await killed(), await restarted()]);
  const seconds = (side: 0 | 1) => pairs.map((pair) => pair[side].toFixed(1)).join(" ");
  return [
    `pod to bare JVM: ${describeRatios(pairs.map(([one, other]) => one / other))}`,
    `seconds of the pod: ${seconds(0)}; of the JVM: ${seconds(1)}`,
  ];
}
