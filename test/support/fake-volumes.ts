import type { V1PersistentVolume } from "@kubernetes/client-node";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** An operation of a JSON patch on a volume's claimRef. */
interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: string;
}

/** An API server with at most one volume, which applies JSON patches. */
export class FakeVolumes {
  stored: V1PersistentVolume | undefined;
  /** Received patches. */
  readonly patches: unknown[] = [];
  /** Called between a read of the volume and the patch. */
  meanwhile: () => void = () => undefined;
  /** Refusals by method: status and message. */
  readonly refusals = new Map<string, [code: number, message: string]>();
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const [code, answer] = this.answer(request, Buffer.concat(chunks).toString());
      response.writeHead(code, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    });
  });

  /** Starts it. @returns a kubeconfig, whose current context is of a cluster that does not answer. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const { port } = this.server.address() as AddressInfo;
    const named = (name: string, at: number) => ({
      cluster: { name, cluster: { server: `http://127.0.0.1:${at}`, "insecure-skip-tls-verify": true } },
      context: { name, context: { cluster: name, user: "somebody" } },
    });
    const all = [named("here", port), named("gone", 1)];
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: all.map(({ cluster }) => cluster),
      contexts: all.map(({ context }) => context),
      users: [{ name: "somebody", user: { token: "token" } }],
      "current-context": "gone",
    });
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer({ method = "", url = "", headers }: IncomingMessage, body: string): [code: number, answer: unknown] {
    const refusal = this.refusals.get(method);
    if (refusal) return [refusal[0], { kind: "Status", message: refusal[1] }];
    const { stored } = this;
    if (!stored || url !== `/api/v1/persistentvolumes/${stored.metadata?.name ?? ""}`) return [404, { kind: "Status" }];
    if (method === "GET") return [200, stored];
    if (headers["content-type"] !== "application/json-patch+json") return [415, { kind: "Status" }];
    const patch = JSON.parse(body) as Operation[];
    this.patches.push(patch);
    this.meanwhile();
    return this.apply(patch);
  }

  private apply(patch: readonly Operation[]): [code: number, answer: unknown] {
    const claimRef = { ...this.stored?.spec?.claimRef } as Record<string, string>;
    for (const { op, path, value } of patch) {
      const key = path.replace("/spec/claimRef/", "");
      if (!(key in claimRef) || (op === "test" && claimRef[key] !== value)) {
        return [422, { kind: "Status", message: "the server rejected our request due to an error in our request" }];
      }
      if (op === "remove") Reflect.deleteProperty(claimRef, key);
    }
    this.stored = { ...this.stored, spec: { ...this.stored?.spec, claimRef } };
    return [200, this.stored];
  }
}
