import type { Socket } from "node:net";

interface ParseError extends Error {
  readonly code?: string;
}

/** The error for bytes that are not an HTTP request: status line, short name, sentence. */
function verdict(code: string | undefined): readonly [string, string, string] {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return ["408 Request Timeout", "request_timeout", "The request took too long to arrive."];
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    return ["431 Request Header Fields Too Large", "headers_too_large", "The request's headers are too large."];
  }
  return ["400 Bad Request", "bad_request", "This is not a well-formed HTTP request."];
}

/**
 * Answers bytes that are not an HTTP request with the usual JSON error, and closes the connection. A connection that has carried an answer before is
 * only closed, because an error could end up in the middle of an event stream.
 */
export function answerMalformedRequest(error: ParseError, socket: Socket): void {
  if (error.code !== "ECONNRESET" && socket.writable && socket.bytesWritten === 0) {
    const [status, name, message] = verdict(error.code);
    const body = JSON.stringify({ error: name, message });
    const head = ["content-type: application/json", `content-length: ${body.length}`, "connection: close"];
    socket.write(`HTTP/1.1 ${status}\r\n${head.join("\r\n")}\r\n\r\n${body}`);
  }
  socket.destroy();
}
