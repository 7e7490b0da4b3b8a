/** The parts of a server-sent event stream, as bytes to send. */

/** The event name of a chat message in the original service. */
export const MESSAGE_EVENT = "test";

/** Keeps proxies from closing an idle stream. Clients ignore two empty lines, whereas the original's client would show a comment as a message. */
export const HEARTBEAT = Buffer.from("\n\n");

/** A message without its id line. Any line break begins another data line, so no message can forge a field or an event. */
export function messageBody(message: Buffer): string {
  const lines = message.toString("utf8").split(/\r\n|\r|\n/);
  return `event: ${MESSAGE_EVENT}\n${lines.map((line) => `data: ${line}\n`).join("")}\n`;
}

/** The line that makes a client remember its position. */
export function idLine(id: string): string {
  return `id: ${id}\n`;
}

/** Tells where a stream begins, so that a client that reconnects before its first message misses none. It has no data, so clients show nothing. */
export function preamble(id: string, retryMs: number): string {
  return `retry: ${retryMs}\n${idLine(id)}\n`;
}

/** The last event of a stream that the service ends. Without an id, so that clients keep that of their last message. */
export function farewell(event: "dropped" | "reconnect", reason: string, retryMs: number): string {
  return `retry: ${retryMs}\nevent: ${event}\ndata: ${reason}\n\n`;
}
