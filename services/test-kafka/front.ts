import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { ServiceProcess } from "./processes.js";

/** Stands in for a Service of Kubernetes: one port in front of several replicas; each connection goes to the first ready one. */
export class Front {
  readonly url: string;
  readonly #replicas: readonly ServiceProcess[];
  readonly #server: Server;

  private constructor(port: number, replicas: readonly ServiceProcess[]) {
    this.url = `http://127.0.0.1:${port}`;
    this.#replicas = replicas;
    this.#server = createServer((client) => void this.#forward(client));
    this.#server.listen(port, "127.0.0.1");
  }

  static async open(port: number, replicas: readonly ServiceProcess[]): Promise<Front> {
    const front = new Front(port, replicas);
    await once(front.#server, "listening");
    return front;
  }

  close(): void {
    this.#server.close();
  }

  async #forward(client: Socket): Promise<void> {
    client.on("error", () => client.destroy());
    const ready = await Promise.all(this.#replicas.map((replica) => replica.isReady()));
    const chosen = this.#replicas[ready.indexOf(true)];
    if (chosen === undefined) {
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(chosen.url);
    const service = connect(Number(port), hostname);
    service.on("error", () => client.destroy());
    client.pipe(service);
    service.pipe(client);
  }
}
