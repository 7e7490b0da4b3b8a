/** `stream-readers <port> <count>`: that many readers of kconsumer, which tell how long messages took to get to them. */
import { connect } from "node:net";
import { serve } from "./child";
import { answersOf, LatencyRecorder } from "./latencies";

const [port, count] = process.argv.slice(2).map(Number);
const recorder = new LatencyRecorder();

/** What a stamped message begins with in a stream. */
const MARK = "data: bench: ";
/** For all readers: what one of them got is looked through before the next one gets something. */
const buffer = Buffer.alloc(262_144);

function read(): Promise<void> {
  return new Promise((resolve) => {
    let rest = "";
    const callback = (length: number) => {
      const text = rest + buffer.toString("latin1", 0, length);
      const end = text.lastIndexOf("\n") + 1;
      for (let at = text.indexOf(MARK); at >= 0 && at < end; at = text.indexOf(MARK, at + 1)) {
        recorder.record(text.slice(at + MARK.length, text.indexOf("\n", at)));
      }
      rest = text.slice(end);
      resolve();
      return true;
    };
    const socket = connect({ port: port ?? 0, host: "127.0.0.1", onread: { buffer, callback } });
    socket.on("close", () => process.exit(1));
    socket.write("GET /sse/connect HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n");
  });
}

void Promise.all(Array.from({ length: count ?? 0 }, read)).then(() => {
  serve(answersOf(recorder));
});
