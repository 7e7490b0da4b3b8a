import { join } from "node:path";
import { up } from "../test/support/stack";
import { crash, killAndReturn } from "../test/faults/brokers";
import { up as sandboxUp } from "../sandbox";
import { BareBrokers } from "./bare-brokers";
import { describeRatios } from "./ratios";

const PAIRS = 5;

/** Seconds from a broker's kill until it is back in the ISR of its partitions: a pod of the stack, which its node restarts, compared with a bare JVM that is restarted at once. */
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
  const killed = async () => {
    // A new pod each time: the kubelet delays the restarts of one pod longer after each crash.
    await killAndReturn("broker-2");
    return timed(() => crash("broker-2"));
  };
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
