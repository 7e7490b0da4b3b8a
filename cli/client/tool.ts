import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Address of the brokers for pods in the stack's namespace. */
export const BOOTSTRAP = "kafka-bootstrap:9092";

const TOOLS = readFileSync(join(__dirname, "../../images/kafka/etc/tools.txt"), "utf8")
  .split("\n")
  .flatMap((line) => /^(\S+)\.sh /.exec(line)?.[1] ?? []);

/** Tools without a leading `--bootstrap-server ADDRESS`: they name servers in another way, or need none. */
const UNADDRESSED = ["kafka-cluster", "kafka-dump-log", "kafka-producer-perf-test", "kafka-storage", "zookeeper-shell"];

/** Options that tell a tool which servers to connect to. */
const ADDRESSES = ["--bootstrap-server", "--bootstrap-controller"];

/**
 * The command that runs one of Kafka's tools, with the brokers' address where it was left out.
 *
 * @param tool name with or without `.sh`.
 * @throws when the image has no such tool, with those that it has.
 */
export function toolCommand(tool: string, words: readonly string[]): string[] {
  const name = tool.replace(/\.sh$/, "");
  if (!TOOLS.includes(name)) {
    throw new Error(`The image has no tool ${tool}; it has ${TOOLS.join(", ")}.`);
  }
  const addressed = words.some((word) => ADDRESSES.includes(word.split("=")[0] ?? ""));
  const address = addressed || UNADDRESSED.includes(name) || words.includes("--help");
  return [`${name}.sh`, ...(address ? [] : ["--bootstrap-server", BOOTSTRAP]), ...words];
}
