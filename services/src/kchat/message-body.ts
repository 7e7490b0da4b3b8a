import type { FastifyInstance } from "fastify";
import { HttpError } from "./http-error.js";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The second is how Java's JAX-RS clients name a text whose type they were not told. */
const CONTENT_TYPES = ["text/plain", "*/*"];

/**
 * Lets `app` take text/plain bodies as the bytes they are, checked: UTF-8 (or its subset US-ASCII) only, and not empty. Any other content
 * type is answered 415 by Fastify itself.
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
 * The message in a request's body, which {@link acceptPlainText} has read.
 *
 * @throws {@link HttpError} 400 for a request that has neither a body nor a content type, and so went past it.
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
