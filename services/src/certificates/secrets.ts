import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";

/** The relevant part of a Secret. Its name follows its namespace and `/` where that is another one. Its data is plain text. */
export interface Secret {
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
  /** Kubernetes' type. @default it is not known */
  readonly type?: string | undefined;
  /** Whether it has the labels of this stack's Secrets. @default it is about to be written */
  readonly own?: boolean | undefined;
  /** The version that was read; absent for a Secret that does not exist yet. */
  readonly resourceVersion?: string | undefined;
}

/** The Secrets of a namespace, and some of others. */
export interface Secrets {
  /** Reads a Secret; undefined when it does not exist. @throws when the API server does not answer, or refuses */
  read(name: string): Promise<Secret | undefined>;
  /** Creates a Secret, or replaces the version that was read. @throws when it has changed since, and as `read` does */
  write(secret: Secret): Promise<void>;
}

/** The pod's service account. */
export const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

interface Answer {
  readonly status: number;
  readonly body: {
    readonly message?: string;
    readonly type?: string;
    readonly data?: Readonly<Record<string, string>>;
    readonly metadata?: { readonly resourceVersion?: string; readonly labels?: Readonly<Record<string, string>> };
  };
}

const PATIENCE_MS = 20_000;

/** The Secrets of a namespace in the pod's own cluster and, under names that begin with their namespace, those of others. */
export function kubernetesSecrets(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Secrets {
  const placeOf = (secret: string) => {
    const [name = "", there = namespace] = secret.split("/").reverse();
    return { name, namespace: there, path: `/api/v1/namespaces/${there}/secrets` };
  };
  const call = (method: string, at: string, body?: unknown): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          host: environment["KUBERNETES_SERVICE_HOST"],
          port: environment["KUBERNETES_SERVICE_PORT"],
          ca: readFileSync(join(ACCOUNT, "ca.crt")),
          method,
          path: at,
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
              resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Answer["body"] });
            } catch (error) {
              reject(
                new Error(`the API server did not answer with JSON (${response.statusCode ?? 0})`, {
                  cause: error,
                }),
              );
            }
          });
        },
      );
      sent.on("timeout", () => sent.destroy(new Error(`the API server has not answered for ${PATIENCE_MS / 1000} s`)));
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return {
    async read(name) {
      const place = placeOf(name);
      const { status, body } = await call("GET", `${place.path}/${place.name}`);
      if (status === 404) return undefined;
      if (status !== 200) throw new Error(`Secret ${name} cannot be read: ${body.message ?? status}`);
      const data = Object.entries(body.data ?? {}).map(([key, value]) => [
        key,
        Buffer.from(value, "base64").toString(),
      ]);
      return {
        name,
        data: Object.fromEntries(data) as Secret["data"],
        type: body.type,
        own: Object.entries(labels).every(([label, value]) => body.metadata?.labels?.[label] === value),
        resourceVersion: body.metadata?.resourceVersion,
      };
    },
    async write({ name, data, type, resourceVersion }) {
      const place = placeOf(name);
      const object = {
        apiVersion: "v1",
        kind: "Secret",
        type,
        metadata: {
          name: place.name,
          namespace: place.namespace,
          labels,
          ...(resourceVersion !== undefined && { resourceVersion }),
        },
        stringData: data,
      };
      const { status, body } =
        resourceVersion === undefined
          ? await call("POST", place.path, object)
          : await call("PUT", `${place.path}/${place.name}`, object);
      if (status !== 200 && status !== 201)
        throw new Error(`Secret ${name} cannot be written: ${body.message ?? status}`);
    },
  };
}
