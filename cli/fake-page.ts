/** The part of the Kubernetes API that `npm run ops -- page` and `top` use: the list of pods, and port-forwards to one that serves the page. */
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";

/** The part of the package `ws` that is used here; the Kubernetes client depends on it. */
interface Socket {
  send(data: Buffer): void;
  on(event: "message", listener: (data: Buffer) => void): void;
}
const { WebSocketServer } = createRequire(__filename)("ws") as {
  WebSocketServer: new (options: object) => {
    on(event: "connection", listener: (socket: Socket, request: { readonly url: string }) => void): void;
  };
};

/** A pod of the exporter, which serves the page unless its environment is another. */
export const pagePod = (
  name: string,
  phase: string,
  env: readonly object[] = [{ name: "LAG_PAGE_PORT", value: "8090" }],
) => ({
  metadata: { name, namespace: "kafka" },
  spec: { containers: [{ name: "lag-exporter", env }] },
  status: { phase },
});

/** A running fake. */
export interface FakePage {
  readonly url: string;
  /** The pods that it lists. */
  pods: object[];
  /** Addresses of port-forwards. */
  readonly forwarded: string[];
  /** Selectors that pods were asked for by. */
  readonly selectors: string[];
  close(): void;
}

/** Starts a fake whose page answers every request with the same text, as HTTP. */
export async function fakePage(answer: string): Promise<FakePage> {
  const fake = {
    pods: [pagePod("lag-exporter-1", "Running")] as object[],
    forwarded: [] as string[],
    selectors: [] as string[],
  };
  const server = createServer((request, response) => {
    fake.selectors.push(new URL(request.url ?? "", "http://api").searchParams.get("labelSelector") ?? "");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ apiVersion: "v1", kind: "PodList", metadata: {}, items: fake.pods }));
  });
  const sockets = new WebSocketServer({ server, handleProtocols: (offered: Set<string>) => [...offered][0] });
  sockets.on("connection", (socket, { url }) => {
    fake.forwarded.push(url);
    // As Kubernetes does: a channel each for data and errors, which begins with the port.
    for (const channel of [0, 1]) socket.send(Buffer.from([channel, 0x9a, 0x1f]));
    socket.on("message", (data) => {
      if (data.length > 1) socket.send(Buffer.from(`\0${answer}`));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(fake, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
}
