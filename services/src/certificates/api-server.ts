import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";

/** The pod's service account. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

const PATIENCE_MS = 20_000;

/** An answer of the API server. @typeParam Body what is read of it */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** Asks the API server of the pod's own cluster. @throws when it does not answer with JSON in time; a refusal is an answer */
export type ApiServer<Body> = (method: string, path: string, body?: unknown) => Promise<Answer<Body>>;

/** The API server as the pod's service account sees it. */
export function apiServer<Body>(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ApiServer<Body> {
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          host: environment["KUBERNETES_SERVICE_HOST"],
          port: environment["KUBERNETES_SERVICE_PORT"],
          ca: readFileSync(join(ACCOUNT, "ca.crt")),
          method,
          path,
          timeout: PATIENCE_MS,
          headers: {
            authorization: `Bearer ${readFileSync(join(ACCOUNT, "token"), "utf8")}`,
            "content-type": "application/json",
          },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (text += chunk));
          response.on("error", reject);
          response.on("end", () => {
            try {
              resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Body });
            } catch (error) {
              reject(
                new Error(`the API server did not answer with JSON (${response.statusCode ?? 0})`, { cause: error }),
              );
            }
          });
        },
      );
      sent.on("timeout", () => sent.destroy(new Error(`the API server has not answered for ${PATIENCE_MS / 1000} s`)));
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
