/** `stream-readers <port> <count>`: that many readers of kconsumer, which report the latencies of messages. */
import { serve } from "./child";
import { answersOf, LatencyRecorder } from "./latencies";
import { readStream } from "./stream";

const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const recorder = new LatencyRecorder();

/** The beginning of a stamped message in a stream. */
const MARK = "data: bench: ";

function read(): Promise<void> {
  let rest = "";
  return readStream(port, (bytes) => {
    const text = rest + bytes.toString("latin1");
    const end = text.lastIndexOf("\n") + 1;
    for (let at = text.indexOf(MARK); at >= 0 && at < end; at = text.indexOf(MARK, at + 1)) {
      recorder.record(text.slice(at + MARK.length, text.indexOf("\n", at)));
    }
    rest = text.slice(end);
  });
}

void Promise.all(Array.from({ length: count }, read)).then(() => {
  serve(answersOf(recorder));
});
