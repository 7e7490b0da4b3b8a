/** `byte-readers <port> <count>`: that many readers of an event stream, which only count the bytes that they receive. */
import { serve } from "./child";
import { readStream } from "./stream";

/** Connections that are opened at the same time. */
const AT_ONCE = 100;

const [port = 0, count = 0] = process.argv.slice(2).map(Number);
let bytes = 0;

const read = () =>
  readStream(port, ({ length }) => {
    bytes += length;
  });

async function main(): Promise<void> {
  for (let connected = 0; connected < count; connected += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - connected) }, read));
  }
  serve({ bytes: () => bytes });
}

void main();
