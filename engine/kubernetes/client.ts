/** A small Kubernetes client for objects of any kind. */
import type * as https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import { isClusterScoped } from "kafka-stack-kubernetes-facts";
import { parse } from "yaml";
import { NoKubeconfig, readKubeconfig } from "../../components/kubernetes/kubeconfig";
import type { PropertyMap } from "../values";
import { ApiError, apiError, send, Unreachable } from "./http";
import { pluralOf } from "./kinds";

/** Any Kubernetes object. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  spec?: PropertyMap;
  status?: PropertyMap;
  [key: string]: unknown;
}

/** The metadata that the engine reads. */
export interface Metadata {
  name: string;
  namespace?: string;
  uid?: string;
  generation?: number;
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  deletionTimestamp?: string;
  finalizers?: string[];
  managedFields?: unknown;
  [key: string]: unknown;
}

/** The API path of a kind. */
interface Endpoint {
  plural: string;
  namespaced: boolean;
}

/** Which kubeconfig, context and namespace to use. */
export interface Connection {
  /** A kubeconfig's path or content. @default `KUBECONFIG` or the default file */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** A cluster of the kubeconfig, instead of the context's. */
  readonly cluster?: string;
  /** The namespace of objects that name none. @default the context's, or `default` */
  readonly namespace?: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Talks to one cluster. */
export class KubeClient {
  /** The namespace of objects that name none. */
  readonly namespace: string;
  private readonly config: KubeConfig;
  private readonly endpoints = new Map<string, Promise<Map<string, Endpoint>>>();

  /** @throws when there is no such kubeconfig or context */
  constructor(connection: Connection) {
    this.config = loadConfig(connection);
    const context = this.config.getContextObject(this.config.getCurrentContext());
    this.namespace = connection.namespace ?? context?.namespace ?? "default";
  }

  /** The API server's URL. */
  get server(): string {
    return this.config.getCurrentCluster()?.server ?? "";
  }

  /** Identifies this cluster: its address and its certificate authority. */
  get cluster(): string {
    const cluster = this.config.getCurrentCluster();
    return JSON.stringify([cluster?.server, cluster?.caData, cluster?.caFile]);
  }

  /** Whether objects of this kind live in namespaces. */
  async isNamespaced(apiVersion: string, kind: string): Promise<boolean> {
    return (await this.endpoint(apiVersion, kind)).namespaced;
  }

  /** Fetches an object; `undefined` when there is none. */
  async get(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    name: string,
  ): Promise<KubeObject | undefined> {
    try {
      return await this.request<KubeObject>("GET", await this.url(apiVersion, kind, namespace, name));
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) {
        return undefined;
      }
      throw error;
    }
  }

  /** Lists objects, with a label or field selector. */
  async list(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    query: Query = {},
  ): Promise<KubeObject[]> {
    const list = await this.request<{ items?: KubeObject[] }>("GET", await this.url(apiVersion, kind, namespace), {
      query,
    });
    // Items of a list do not have a kind; an empty list may be null.
    return (list.items ?? []).map((item) => ({ ...item, apiVersion, kind }));
  }

  /** Creates or changes an object by server-side apply. */
  async apply(object: KubeObject, query: Query): Promise<KubeObject> {
    const url = await this.url(object.apiVersion, object.kind, object.metadata.namespace, object.metadata.name);
    return this.request<KubeObject>("PATCH", url, { query, body: object, type: "application/apply-patch+yaml" });
  }

  /** Requests an object's deletion. @returns whether it existed */
  async delete(object: KubeObject, propagationPolicy: string): Promise<boolean> {
    const url = await this.url(object.apiVersion, object.kind, object.metadata.namespace, object.metadata.name);
    try {
      await this.request("DELETE", url, { body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy } });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) {
        return false;
      }
      throw error;
    }
  }

  /** The last lines of a container's log; with `previous`, of its former run. */
  async logTail(pod: KubeObject, container: string, lines: number, previous: boolean): Promise<string> {
    const url = `${await this.url("v1", "Pod", pod.metadata.namespace, pod.metadata.name)}/log`;
    const query = { container, tailLines: String(lines), ...(previous && { previous: "true" }) };
    return this.request<string>("GET", url, { query, text: true });
  }

  private async url(apiVersion: string, kind: string, namespace?: string, name?: string): Promise<string> {
    const { plural, namespaced } = await this.endpoint(apiVersion, kind);
    const parts = [apiVersion.includes("/") ? "apis" : "api", apiVersion];
    if (namespaced && namespace !== undefined) {
      parts.push("namespaces", encodeURIComponent(namespace));
    }
    parts.push(plural);
    if (name !== undefined) {
      parts.push(encodeURIComponent(name));
    }
    return `/${parts.join("/")}`;
  }

  private async endpoint(apiVersion: string, kind: string): Promise<Endpoint> {
    let group = this.endpoints.get(apiVersion);
    if (group === undefined) {
      group = this.discover(apiVersion);
      this.endpoints.set(apiVersion, group);
    }
    let found: Endpoint | undefined;
    try {
      found = (await group).get(kind);
    } catch (error) {
      this.endpoints.delete(apiVersion);
      if (!(error instanceof Unreachable) && !(error instanceof ApiError && error.code === 404)) {
        throw error;
      }
    }
    if (found === undefined) {
      // The kind's CRD may not exist yet: guess now, and ask again next time.
      this.endpoints.delete(apiVersion);
    }
    return found ?? { plural: pluralOf(kind), namespaced: !isClusterScoped(kind) };
  }

  private async discover(apiVersion: string): Promise<Map<string, Endpoint>> {
    const url = `/${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`;
    const { resources } = await this.request<{ resources: { name: string; kind: string; namespaced: boolean }[] }>(
      "GET",
      url,
    );
    return new Map(
      resources
        .filter((resource) => !resource.name.includes("/"))
        .map((resource) => [resource.kind, { plural: resource.name, namespaced: resource.namespaced }]),
    );
  }

  /** Sends one request. @throws ApiError for a refusal, Unreachable when there was no answer */
  async request<T>(method: string, url: string, options: RequestOptions = {}): Promise<T> {
    const target = new URL(this.server.replace(/\/$/, "") + url);
    for (const [key, value] of Object.entries(options.query ?? {})) {
      target.searchParams.set(key, value);
    }
    const settings: https.RequestOptions = { method };
    await this.config.applyToHTTPSOptions(settings);
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const headers = {
      ...(settings.headers as Record<string, string> | undefined),
      accept: options.text === true ? "*/*" : "application/json",
      // Node sends a DELETE's body only with its length.
      ...(body !== undefined && {
        "content-type": options.type ?? "application/json",
        "content-length": String(Buffer.byteLength(body)),
      }),
    };
    const { status, text } = await send(target, { ...settings, headers }, body);
    if (status >= 300) {
      throw apiError(status, text);
    }
    return (options.text === true ? text : JSON.parse(text)) as T;
  }
}

/** Query parameters. */
export type Query = Readonly<Record<string, string>>;

interface RequestOptions {
  readonly query?: Query;
  readonly body?: unknown;
  readonly type?: string;
  /** The answer is text, not JSON. */
  readonly text?: boolean;
}

/** Reads a kubeconfig as the components and the real provider do. */
function loadConfig(connection: Connection): KubeConfig {
  try {
    return readKubeconfig(new KubeConfig(), connection, connection.env, parse);
  } catch (error) {
    // There may be no cluster yet.
    if (error instanceof NoKubeconfig) throw new Unreachable(error.message, { cause: error });
    throw error;
  }
}
