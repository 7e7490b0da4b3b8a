/** `byte-readers <port> <count>`: that many readers of an event stream, which do nothing but count what they get. */
import { connect } from "node:net";
import { serve } from "./child";

/** Connections that are begun before the first of them is there. */
const AT_ONCE = 100;

const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const buffer = Buffer.alloc(65_536);
let bytes = 0;

function read(): Promise<void> {
  return new Promise((resolve, reject) => {
    const callback = (length: number) => {
      bytes += length;
      resolve();
      return true;
    };
    const socket = connect({ port, host: "127.0.0.1", onread: { buffer, callback } });
    socket.on("error", reject);
    socket.on("close", () => process.exit(1));
    socket.write("GET /sse/connect HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n");
  });
}

async function main(): Promise<void> {
  for (let connected = 0; connected < count; connected += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - connected) }, read));
  }
  serve({ bytes: () => bytes });
}

void main();
