import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { LAG_COMMAND } from "../../components/monitoring/lag-exporter";
import { ROOT } from "./stacks";
import { until } from "./until";

/** The lag exporter as its pod runs it: the same command, of the built services, with the image's environment. */
export class LagExporterProcess {
  output = "";

  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
  ) {
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    }
  }

  /** Starts it, and waits until it has asked Kafka once. */
  static async start(
    bootstrap: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<LagExporterProcess> {
    const port = await freePort();
    const image = readFileSync(join(ROOT, "images/services/Dockerfile"), "utf8");
    const [, ...args] = LAG_COMMAND.map((part) => part.replace(/^\/app\//, `${ROOT}/services/dist/`));
    const child = spawn(process.execPath, args, {
      env: {
        NODE_OPTIONS: /^ENV NODE_OPTIONS=(.+)$/m.exec(image)?.[1],
        NODE_ENV: "production",
        KAFKA_BOOTSTRAP_ADDRESS: bootstrap,
        LAG_HOST: "127.0.0.1",
        LAG_PORT: String(port),
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const exporter = new LagExporterProcess(child, `http://127.0.0.1:${port}`);
    await until("the lag exporter has asked Kafka", 120, async () => {
      if (child.exitCode !== null) throw new Error(`the lag exporter ended: ${exporter.output}`);
      const answer = await fetch(`${exporter.url}/readyz`).catch(() => undefined);
      return answer?.ok === true ? null : `it said: ${exporter.output}`;
    });
    return exporter;
  }

  /** Most MiB of memory that it has had. */
  get peakMiB(): number {
    const status = readFileSync(`/proc/${this.process.pid ?? 0}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1_024;
  }

  /** Asked to stop, as Kubernetes does. */
  async stop(): Promise<number | null> {
    if (this.process.exitCode !== null) return this.process.exitCode;
    const exit = once(this.process, "exit") as Promise<[number | null]>;
    this.process.kill("SIGTERM");
    return (await exit)[0];
  }

  /** The value of one of its own metrics. */
  async own(metric: string): Promise<number> {
    for await (const piece of this.pieces()) {
      const value = new RegExp(`^${metric.replaceAll(/[{}]/g, "\\$&")} (.+)$`, "m").exec(piece.toString())?.[1];
      // They come first.
      return Number(value);
    }
    return NaN;
  }

  /** What it gives to Prometheus, as it comes. */
  async *pieces(): AsyncGenerator<Buffer> {
    const { body, status } = await fetch(`${this.url}/metrics`);
    if (status !== 200 || body === null) throw new Error(`/metrics answers with ${status}`);
    for await (const piece of body) yield Buffer.from(piece as Uint8Array);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
