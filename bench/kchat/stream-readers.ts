/** `stream-readers <port> <count>`: that many readers of kconsumer, which tell how long messages took to get to them. */
import { once } from "node:events";
import { connect } from "node:net";
import { serve } from "./child";
import { answersOf, LatencyRecorder } from "./latencies";

const [port, count] = process.argv.slice(2).map(Number);
const recorder = new LatencyRecorder();

async function read(): Promise<void> {
  const socket = connect(port ?? 0, "127.0.0.1");
  socket.setNoDelay(true).setEncoding("latin1");
  socket.write("GET /sse/connect HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n");
  const began = once(socket, "data");
  let rest = "";
  socket.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("data: bench: ")) recorder.record(line.slice(13));
  });
  socket.on("close", () => process.exit(1));
  await began;
}

void Promise.all(Array.from({ length: count ?? 0 }, read)).then(() => {
  serve(answersOf(recorder));
});
