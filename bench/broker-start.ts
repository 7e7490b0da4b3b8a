import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BareBrokers } from "./bare-brokers";
import { describeRatios } from "./ratios";

const PAIRS = 5;

/** A little more than `broker.session.timeout.ms` of the stack. */
const SESSION_MS = 7_000;

/**
 * Seconds from the start of a broker's process until it is unfenced and in sync, with the archive of classes from the image's build and without class-data sharing,
 * paired. It is the only server, broker and controller in one. It starts after its previous session has expired: otherwise most of the time would be the wait
 * for that, with or without the archive.
 */
export async function brokerStart(): Promise<string[]> {
  await using bare = await BareBrokers.start(join(process.cwd(), ".sandbox", "bare"), [0]);
  await bare.ready(0);
  const start = async (archive: boolean): Promise<number> => {
    await bare.stop(0, "SIGTERM");
    await delay(SESSION_MS);
    const from = performance.now();
    bare.startBroker(0, archive);
    await bare.ready(0);
    return (performance.now() - from) / 1000;
  };
  const pairs: [number, number][] = [];
  for (let pair = 0; pair < PAIRS; pair++) pairs.push([await start(true), await start(false)]);
  const seconds = (side: 0 | 1) => pairs.map((pair) => pair[side].toFixed(1)).join(" ");
  return [
    `with to without the archive: ${describeRatios(pairs.map(([one, other]) => one / other))}`,
    `seconds with: ${seconds(0)}; without: ${seconds(1)}`,
  ];
}
