/** A Kubernetes API server for tests: it stores applied objects, removes deleted ones, and runs nothing. */
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import type { KubeObject } from "kafka-stack-engine";
import { isClusterScoped } from "kafka-stack-kubernetes-facts";

interface Kind {
  readonly name: string;
  readonly kind: string;
}

const KINDS: Readonly<Record<string, readonly Kind[]>> = {
  v1: [
    { name: "configmaps", kind: "ConfigMap" },
    { name: "events", kind: "Event" },
    { name: "namespaces", kind: "Namespace" },
    { name: "nodes", kind: "Node" },
    { name: "persistentvolumeclaims", kind: "PersistentVolumeClaim" },
    { name: "persistentvolumes", kind: "PersistentVolume" },
    { name: "pods", kind: "Pod" },
    { name: "secrets", kind: "Secret" },
    { name: "services", kind: "Service" },
  ],
  "apps/v1": [
    { name: "deployments", kind: "Deployment" },
    { name: "statefulsets", kind: "StatefulSet" },
  ],
  "batch/v1": [{ name: "jobs", kind: "Job" }],
  "discovery.k8s.io/v1": [{ name: "endpointslices", kind: "EndpointSlice" }],
};

/** One request that changed something. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

/** The server. */
export class FakeCluster {
  /** What exists, by path. */
  readonly objects = new Map<string, KubeObject>();
  /** Requests that change something, in order. */
  readonly calls: Call[] = [];
  /** Status codes to answer for a method and path, such as `PATCH /api/v1/...`. */
  readonly refusals = new Map<string, { code: number; message: string }>();
  /** Logs by pod and container. */
  readonly logs = new Map<string, string>();
  /** The status of an object once it has been applied. */
  statusOf: (object: KubeObject) => Record<string, unknown> | undefined = (object) =>
    object.kind === "Namespace" ? { phase: "Active" } : undefined;
  /** Called before a deletion is carried out: what happens between a look and a deletion. */
  beforeDeletion: (path: string) => void = () => undefined;
  private generation = 0;
  private readonly server = http.createServer((request, response) => {
    this.answer(request, response);
  });

  /** Starts it and writes a kubeconfig for it into a folder. @returns the kubeconfig's path */
  async start(folder: string): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const { port } = this.server.address() as AddressInfo;
    const file = path.join(folder, "kubeconfig");
    const cluster = { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
    fs.writeFileSync(
      file,
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "fake", cluster }],
        users: [{ name: "fake", user: { token: "fake" } }],
        contexts: [{ name: "fake", context: { cluster: "fake", user: "fake" } }],
        "current-context": "fake",
      }),
    );
    return file;
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Makes it empty and obliging again, as before a test. {@link statusOf} stays. */
  clear(): void {
    this.objects.clear();
    this.refusals.clear();
    this.calls.length = 0;
    this.beforeDeletion = () => undefined;
  }

  /** Names of the objects of a kind. */
  names(kind: string): string[] {
    return [...this.objects.values()].filter((object) => object.kind === kind).map((object) => object.metadata.name);
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://fake");
      const text = Buffer.concat(chunks).toString("utf8");
      const body = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
      const query = Object.fromEntries(url.searchParams);
      const { code, result } = this.handle({ method: request.method ?? "GET", path: url.pathname, query, body });
      response.writeHead(code, { "content-type": "application/json" });
      response.end(typeof result === "string" ? result : JSON.stringify(result));
    });
  }

  private handle(call: Call): { code: number; result: unknown } {
    const refusal = this.refusals.get(`${call.method} ${call.path}`);
    if (refusal !== undefined) {
      return { code: refusal.code, result: { kind: "Status", message: refusal.message } };
    }
    const discovery = /^\/apis?\/([\w.-]+(?:\/v\w+)?)$/.exec(call.path)?.[1];
    if (call.method === "GET" && discovery !== undefined) {
      const resources = KINDS[discovery]?.map((known) => ({ ...known, namespaced: !isClusterScoped(known.kind) }));
      return resources === undefined ? notFound(call) : { code: 200, result: { resources } };
    }
    const log = /\/pods\/([^/]+)\/log$/.exec(call.path)?.[1];
    if (log !== undefined) {
      return { code: 200, result: this.logs.get(`${log}/${call.query["container"] ?? ""}`) ?? "" };
    }
    switch (call.method) {
      case "GET":
        return this.read(call);
      case "PATCH":
        return this.apply(call);
      case "POST":
        return this.create(call);
      case "DELETE":
        return this.remove(call);
      default:
        return { code: 405, result: { message: call.method } };
    }
  }

  private read(call: Call): { code: number; result: unknown } {
    const object = this.objects.get(call.path);
    if (object !== undefined) {
      return { code: 200, result: object };
    }
    if (Object.values(KINDS).some((kinds) => kinds.some((kind) => call.path.endsWith(`/${kind.name}`)))) {
      const items = [...this.objects.entries()].filter(([at]) => at.startsWith(`${call.path}/`)).map(([, one]) => one);
      return { code: 200, result: { items } };
    }
    return notFound(call);
  }

  private create(call: Call): { code: number; result: unknown } {
    const sent = call.body as unknown as KubeObject;
    const { generateName } = sent.metadata as { generateName?: string };
    const name = generateName === undefined ? sent.metadata.name : `${generateName}${++this.generation}`;
    const status = this.statusOf(sent);
    const metadata = {
      ...sent.metadata,
      name,
      uid: `uid-${++this.generation}`,
      resourceVersion: String(this.generation),
    };
    const object = { ...sent, metadata, ...(status !== undefined && { status }) } as KubeObject;
    this.calls.push(call);
    this.objects.set(`${call.path}/${name}`, object);
    return { code: 201, result: object };
  }

  private remove(call: Call): { code: number; result: unknown } {
    this.beforeDeletion(call.path);
    const metadata = this.objects.get(call.path)?.metadata;
    const { preconditions = {} } = call.body as { preconditions?: Readonly<Record<string, unknown>> };
    if (metadata && Object.entries(preconditions).some(([key, value]) => metadata[key] !== value)) {
      return { code: 409, result: { kind: "Status", message: "Precondition failed", reason: "Conflict" } };
    }
    this.calls.push(call);
    return this.objects.delete(call.path) ? { code: 200, result: {} } : notFound(call);
  }

  private apply(call: Call): { code: number; result: unknown } {
    const namespace = /^(\/api\/v1\/namespaces\/[^/]+)\//.exec(
      call.path.replace(/^\/apis\/[^/]+\/[^/]+/, "/api/v1"),
    )?.[1];
    if (namespace !== undefined && !this.objects.has(namespace)) {
      return { code: 404, result: { message: `namespaces "${namespace.split("/").at(-1) ?? ""}" not found` } };
    }
    const sent = call.body as unknown as KubeObject;
    const before = this.objects.get(call.path)?.metadata;
    const dry = call.query["dryRun"] !== undefined;
    const uid = before?.uid ?? `uid-${++this.generation}`;
    const resourceVersion = dry ? before?.["resourceVersion"] : String(++this.generation);
    const metadata = { ...sent.metadata, uid, resourceVersion, managedFields: [] };
    const status = this.statusOf(sent);
    const object = { ...sent, metadata, ...(status !== undefined && { status }) } as KubeObject;
    if (!dry) {
      this.calls.push(call);
      this.objects.set(call.path, object);
    }
    return { code: 200, result: object };
  }
}

function notFound(call: Call): { code: number; result: unknown } {
  return { code: 404, result: { kind: "Status", message: `${call.path} not found`, reason: "NotFound" } };
}
