/** The parts of a server-sent event stream, as bytes ready to be sent. */

/** The event name of a chat message, as the original service named it. */
export const MESSAGE_EVENT = "test";

/** Keeps proxies from closing an idle stream. Two empty lines mean nothing to anyone, while the original's client would show a comment as a message. */
export const HEARTBEAT = Buffer.from("\n\n");

/** A message without its id line. A line break of any kind begins another data line, so no message can forge a field or an event. */
export function messageBody(message: Buffer): string {
  const lines = message.toString("utf8").split(/\r\n|\r|\n/);
  return `event: ${MESSAGE_EVENT}\n${lines.map((line) => `data: ${line}\n`).join("")}\n`;
}

/** The line that makes a client remember how far it came. */
export function idLine(id: string): string {
  return `id: ${id}\n`;
}

/** Tells how far a stream begins, so that a client which reconnects before its first message misses none. Carries no data: clients show nothing. */
export function preamble(id: string, retryMs: number): string {
  return `retry: ${retryMs}\n${idLine(id)}\n`;
}

/** The last event of a stream that the service ends. Without an id, so that clients keep the one of their last message. */
export function farewell(event: "dropped" | "reconnect", reason: string, retryMs: number): string {
  return `retry: ${retryMs}\nevent: ${event}\ndata: ${reason}\n\n`;
}
