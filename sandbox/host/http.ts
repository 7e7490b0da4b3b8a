import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { connect } from "node:net";

/** Certificate files for a request. */
export interface ClientFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Timeout of a request, in milliseconds. */
const timeout = 5000;

/** An answer to a request. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What to send, when it is not a GET. */
export interface Payload {
  readonly method: string;
  readonly contentType: string;
  readonly body: string;
}

/**
 * Sends a request to a server.
 *
 * @returns its answer, or undefined when there was none
 */
export async function ask(url: string, files?: ClientFiles, payload?: Payload): Promise<Answer | undefined> {
  const options: RequestOptions = { timeout };
  if (files) {
    options.ca = readFileSync(files.ca);
    options.cert = readFileSync(files.cert);
    options.key = readFileSync(files.key);
  }
  if (payload) {
    options.method = payload.method;
    options.headers = { "content-type": payload.contentType };
  }
  return new Promise((resolve) => {
    const send = url.startsWith("https:") ? httpsRequest : httpRequest;
    const request = send(url, options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (body += chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
      response.on("error", () => {
        resolve(undefined);
      });
    });
    request.on("error", () => {
      resolve(undefined);
    });
    request.on("timeout", () => request.destroy());
    request.end(payload?.body);
  });
}

/** Whether a program listens on a unix socket. */
export async function listens(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.on("connect", () => {
      connection.destroy();
      resolve(true);
    });
    connection.on("error", () => {
      resolve(false);
    });
  });
}
