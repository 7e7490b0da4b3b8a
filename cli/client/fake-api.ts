/** The part of the Kubernetes API that `npm run client` uses: the brokers' StatefulSet, a pod that runs at once, and a command in it. */
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";

/** The part of the package `ws` that is used here; the Kubernetes client depends on it. */
interface Socket {
  send(data: Buffer): void;
  close(): void;
  on(event: "message", listener: (data: Buffer) => void): void;
}
interface SocketServer {
  on(event: "connection", listener: (socket: Socket, request: { readonly url: string }) => void): void;
}
const { WebSocketServer } = createRequire(__filename)("ws") as {
  WebSocketServer: new (options: object) => SocketServer;
};

/** How the fake answers a command. */
export interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  /** Exit code of the command; absent when the connection is lost before it ends. */
  readonly code?: number;
}

/** A running fake. */
export interface FakeApi {
  readonly url: string;
  /** The commands that were run, with the input that each was given. */
  readonly commands: { readonly words: readonly string[]; input: string }[];
  /** Names of pods that were made and not removed. */
  readonly pods: Set<string>;
  close(): void;
}

/** Starts a fake that gives every command the same answer, once its input has ended. */
export async function fakeApi(answer: Answer): Promise<FakeApi> {
  const commands: FakeApi["commands"] = [];
  const pods = new Set<string>();
  const pod = (phase: string) => ({ metadata: { name: "client-1" }, status: { phase } });
  const brokers = { spec: { template: { spec: { containers: [{ name: "broker", image: "kafka@sha256:1" }] } } } };
  const server = createServer((request, response) => {
    const { method = "", url = "" } = request;
    if (method === "POST") pods.add("client-1");
    if (method === "DELETE") pods.delete("client-1");
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify(url.includes("/statefulsets/") ? brokers : pod(method === "POST" ? "Pending" : "Running")),
    );
  });
  const sockets = new WebSocketServer({ server, handleProtocols: (offered: Set<string>) => [...offered][0] });
  sockets.on("connection", (socket, { url }) => {
    const command = { words: new URL(url, "http://api").searchParams.getAll("command"), input: "" };
    commands.push(command);
    const send = (stream: number, text: string) => {
      socket.send(Buffer.concat([Buffer.from([stream]), Buffer.from(text)]));
    };
    socket.on("message", (data) => {
      const [stream, ...rest] = data;
      if (stream === 0) command.input += Buffer.from(rest).toString();
      // 255 closes the stream that is named after it.
      if (stream !== 255) return;
      send(1, answer.stdout ?? "");
      send(2, answer.stderr ?? "");
      const { code } = answer;
      if (code === undefined) socket.close();
      else if (code === 0) send(3, JSON.stringify({ status: "Success" }));
      else {
        const causes = [{ reason: "ExitCode", message: String(code) }];
        send(3, JSON.stringify({ status: "Failure", reason: "NonZeroExitCode", details: { causes } }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    commands,
    pods,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
