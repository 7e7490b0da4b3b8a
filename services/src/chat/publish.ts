import { failureOf, messageIn } from "./event-stream.js";

/** Where and how to send messages. */
export interface PublishTarget {
  /** The service's address, without a path. */
  readonly url: string;
  readonly room: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The service did not accept the message; the error's text says why. */
export class NotSentError extends Error {
  /** @param maybeWritten - true when it may be in the room nevertheless */
  constructor(
    message: string,
    readonly maybeWritten: boolean,
  ) {
    super(message);
    this.name = "NotSentError";
  }
}

/** The wire format of a chat message. */
export function toMessage(name: string, text: string): string {
  return `${name}: ${text}`;
}

/** The author and text of a received message; without an author when it does not have the wire format. */
export function fromMessage(message: string): { readonly name: string | undefined; readonly text: string } {
  const colon = message.indexOf(": ");
  if (colon <= 0 || message.slice(0, colon).includes("\n")) return { name: undefined, text: message };
  return { name: message.slice(0, colon), text: message.slice(colon + 2) };
}

/**
 * Sends a message; resolves when Kafka has acknowledged it.
 *
 * @throws {@link NotSentError}
 */
export async function publish(target: PublishTarget, message: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(`${target.url}/api/topics/${encodeURIComponent(target.room)}`, {
      method: "POST",
      headers: { "content-type": "text/plain; charset=utf-8", ...target.headers },
      body: message,
      signal: AbortSignal.timeout(30_000),
    });
  } catch (error) {
    throw new NotSentError(failureOf(error), true);
  }
  const body = await response.text();
  if (!response.ok) throw new NotSentError(messageIn(body), response.status === 503);
}
