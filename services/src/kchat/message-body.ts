import type { FastifyInstance } from "fastify";
import { HttpError } from "./http-error.js";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Java's JAX-RS clients send the second for a text whose type they were not told. */
const CONTENT_TYPES = ["text/plain", "*/*"];

/**
 * Lets `app` accept text/plain bodies as bytes, checked: UTF-8 (or its subset US-ASCII) and not empty. Fastify itself answers 415 for other content
 * types.
 */
export function acceptPlainText(app: FastifyInstance): void {
  app.addContentTypeParser(CONTENT_TYPES, { parseAs: "buffer" }, (request, body: Buffer, done) => {
    try {
      checkCharset(request.headers["content-type"] ?? "");
      checkEncoding(request.headers["content-encoding"] ?? "identity");
      checkText(body);
      done(null, body);
    } catch (error) {
      done(error as Error);
    }
  });
}

/**
 * The message in a request's body, as read by {@link acceptPlainText}.
 *
 * @throws {@link HttpError} 400 for a request with neither body nor content type, which {@link acceptPlainText} does not see.
 */
export function messageIn(body: unknown): Buffer<ArrayBuffer> {
  if (body instanceof Buffer) return body as Buffer<ArrayBuffer>;
  throw emptyMessage();
}

function checkCharset(contentType: string): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1]?.toLowerCase();
  if (charset === undefined || charset === "utf-8" || charset === "utf8" || charset === "us-ascii") return;
  throw new HttpError(415, "unsupported_charset", `The charset must be utf-8, not ${charset}.`);
}

function checkEncoding(encoding: string): void {
  if (encoding.toLowerCase() === "identity") return;
  throw new HttpError(415, "unsupported_encoding", `The body must not be compressed (${encoding}).`);
}

function checkText(body: Buffer): void {
  if (body.length === 0) throw emptyMessage();
  try {
    decoder.decode(body);
  } catch {
    throw new HttpError(400, "invalid_utf8", "The message is not valid UTF-8.");
  }
}

function emptyMessage(): HttpError {
  return new HttpError(400, "empty_message", "The message is empty.");
}
