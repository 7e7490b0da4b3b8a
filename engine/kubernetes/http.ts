/** Requests to a Kubernetes API server. */
import * as http from "node:http";
import * as https from "node:https";

const ANSWER_MS = 30_000;
const CONNECTIONS = 16;

/** The server refused a request. */
export class ApiError extends Error {
  constructor(
    message: string,
    /** The HTTP status code. */
    readonly code: number,
    /** Kubernetes' reason, like `AlreadyExists`. */
    readonly reason: string,
  ) {
    super(message);
  }
}

/** The cluster does not answer. */
export class Unreachable extends Error {}

/** An answer. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends one request. @throws Unreachable when there is no answer */
export async function send(url: URL, options: https.RequestOptions, body?: string): Promise<Answer> {
  const { agent } = options;
  if (agent instanceof https.Agent || agent instanceof http.Agent) {
    // Waits poll often, and a new TLS connection costs more than the answer.
    Object.assign(agent, { keepAlive: true, maxSockets: CONNECTIONS });
  }
  try {
    try {
      return await sendOnce(url, options, body);
    } catch (error) {
      if (!(error instanceof ClosedMeanwhile)) {
        throw error;
      }
      return await sendOnce(url, options, body);
    }
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    throw new Unreachable(`the Kubernetes API server ${url.origin} cannot be reached: ${message || (code ?? "")}`, {
      cause: error,
    });
  }
}

/** The server had already closed the kept-alive connection. */
class ClosedMeanwhile extends Error {}

function sendOnce(url: URL, options: https.RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timed = { ...options, timeout: ANSWER_MS };
    const request = (url.protocol === "http:" ? http : https).request(url, timed, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", (error: NodeJS.ErrnoException) => {
      reject(request.reusedSocket && error.code === "ECONNRESET" ? new ClosedMeanwhile(error.message) : error);
    });
    request.end(body);
  });
}

/** Reads the error in a Kubernetes API server's answer. */
export function apiError(code: number, text: string): ApiError {
  try {
    const status = JSON.parse(text) as { message?: string; reason?: string };
    return new ApiError(status.message ?? text, code, status.reason ?? "");
  } catch {
    return new ApiError(text.trim() || `HTTP status ${code}`, code, "");
  }
}
