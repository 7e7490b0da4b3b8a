import type { ApiServer } from "./api-server.js";

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

interface Body {
  readonly message?: string;
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly metadata?: { readonly resourceVersion?: string; readonly labels?: Readonly<Record<string, string>> };
}

/** The Secrets of a namespace in the pod's own cluster and, under names that begin with their namespace, those of others. */
export function kubernetesSecrets(
  call: ApiServer<Body>,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): Secrets {
  const placeOf = (secret: string) => {
    const [name = "", there = namespace] = secret.split("/").reverse();
    return { name, namespace: there, path: `/api/v1/namespaces/${there}/secrets` };
  };
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
