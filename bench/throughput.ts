import { join } from "node:path";
import { inPod } from "../test/support/kubectl";
import { up } from "../test/support/stack";
import { up as sandboxUp } from "../sandbox";
import { BareBrokers } from "./bare-brokers";
import { describeRatios } from "./ratios";

const PAIRS = 7;
const RECORDS = 300_000;
const TOPIC = [
  "--topic",
  "bench",
  "--partitions",
  "3",
  "--replication-factor",
  "3",
  "--config",
  "min.insync.replicas=2",
];
const LOAD = ["--num-records", String(RECORDS), "--record-size", "1000", "--throughput", "-1", "--topic", "bench"];

/**
 * Megabytes per second of one producer with acks=all through the deployed brokers, compared with bare broker processes with the same image's files and settings.
 * The producer is the same process on the same machine both times; only one of the two clusters has work at a time.
 */
export async function throughput(): Promise<string[]> {
  await sandboxUp();
  await up("dev");
  const create = ["kafka-topics.sh", "--create", "--if-not-exists", ...TOPIC, "--bootstrap-server"];
  await inPod("broker-0", ...create, "localhost:9092");
  await using bare = await BareBrokers.start(join(process.cwd(), ".sandbox", "bare"));
  for (const id of [0, 1, 2]) await bare.ready(id);
  await bare.tool(...create, bare.bootstrap);

  const produce = async (bootstrap: string): Promise<number> => {
    const client = ["--producer-props", `bootstrap.servers=${bootstrap}`, "acks=all"];
    const said = await bare.tool("kafka-producer-perf-test.sh", ...LOAD, ...client);
    const rate = /\(([\d.]+) MB\/sec\)(?!.*MB\/sec)/s.exec(said)?.[1];
    if (rate === undefined) throw new Error(`the producer did not report its rate: ${said.slice(-300)}`);
    return Number(rate);
  };
  const deployed = "localhost:30099";
  // The first run of each warms up the JIT compilers and the page cache.
  await produce(deployed);
  await produce(bare.bootstrap);
  const pairs: [number, number][] = [];
  for (let pair = 0; pair < PAIRS; pair++) pairs.push([await produce(deployed), await produce(bare.bootstrap)]);
  await inPod("broker-0", "kafka-topics.sh", "--bootstrap-server", "localhost:9092", "--delete", "--topic", "bench");
  const [ours, theirs] = [0, 1].map((side) => pairs.map((pair) => (pair[side] ?? 0).toFixed(0)).join(" "));
  return [
    `deployed to bare: ${describeRatios(pairs.map(([one, other]) => one / other))}`,
    `MB/s deployed: ${ours ?? ""}; bare: ${theirs ?? ""}`,
  ];
}
