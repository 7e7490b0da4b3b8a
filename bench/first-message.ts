import { run } from "kafka-stack-engine";
import { up as sandboxUp } from "../sandbox";
import { mergeStackFile } from "../sandbox/stack/stack-file";
import { until } from "../test/support/until";

const STACK = "dev";

/** Time from a warm sandbox, without the stack but with its images' layers still in docker's cache, to the first acknowledged chat message. */
export async function firstMessage(): Promise<string[]> {
  const root = process.cwd();
  await sandboxUp();
  const prepared = await mergeStackFile({ root, stack: STACK });
  const quiet = { root, stack: STACK, ...prepared, write: () => undefined };
  await run({ command: "down", ...quiet });
  const start = Date.now();
  await run({ command: "up", ...quiet });
  // A new Service reaches the nodes' packet rules a moment later.
  await until("the first message is acknowledged", 10, async () => {
    const { ok, status } = await fetch("http://localhost:30192/api/topics/chatroom", {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: "bench: first",
    });
    return ok ? null : `it was answered with ${status}`;
  });
  return [`${((Date.now() - start) / 1000).toFixed(1)} s from \`up\` to the first acknowledged message`];
}
