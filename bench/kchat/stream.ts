import { connect } from "node:net";

/** One buffer for all streams of a process: its content is read before the next stream fills it. */
const buffer = Buffer.alloc(65_536);

/**
 * Reads a room's event stream at a port of this machine until the process ends, which it does when the stream does. Resolves when the stream has begun.
 *
 * @param take is called with the received bytes, which are valid only during the call.
 */
export function readStream(port: number, take: (bytes: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const callback = (length: number) => {
      take(buffer.subarray(0, length));
      resolve();
      return true;
    };
    const socket = connect({ port, host: "127.0.0.1", onread: { buffer, callback } });
    socket.on("error", reject);
    socket.on("close", () => process.exit(1));
    socket.write("GET /sse/connect HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n");
  });
}
