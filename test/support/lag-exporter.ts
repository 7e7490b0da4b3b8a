import { readFileSync } from "node:fs";
import { join } from "node:path";
import { start, type Running } from "kafka-stack-processes";
import { LAG_COMMAND } from "../../components/monitoring/lag-exporter";
import { freePort } from "./free-port";
import { ROOT } from "./stacks";
import { until } from "./until";

/** The lag exporter as its pod runs it: the same command, of the built services, with the image's environment. */
export class LagExporterProcess {
  private constructor(
    private readonly process: Running,
    readonly url: string,
  ) {}

  /** Starts it, and waits until it has asked Kafka once. */
  static async start(
    bootstrap: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<LagExporterProcess> {
    const port = await freePort();
    const image = readFileSync(join(ROOT, "images/services/Dockerfile"), "utf8");
    const [, ...args] = LAG_COMMAND.map((part) => part.replace(/^\/app\//, `${ROOT}/services/dist/`));
    const running = start(process.execPath, args, {
      env: {
        NODE_OPTIONS: /^ENV NODE_OPTIONS=(.+)$/m.exec(image)?.[1],
        NODE_ENV: "production",
        KAFKA_BOOTSTRAP_ADDRESS: bootstrap,
        LAG_HOST: "127.0.0.1",
        LAG_PORT: String(port),
        ...environment,
      },
    });
    const exporter = new LagExporterProcess(running, `http://127.0.0.1:${port}`);
    await until("the lag exporter has asked Kafka", 120, async () => {
      if (!running.runs) throw new Error(`the lag exporter ended: ${running.said}`);
      const answer = await fetch(`${exporter.url}/readyz`).catch(() => undefined);
      return answer?.ok === true ? null : `it said: ${running.said}`;
    });
    return exporter;
  }

  /** Most MiB of memory that it has had. */
  get peakMiB(): number {
    const status = readFileSync(`/proc/${this.process.pid ?? 0}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1_024;
  }

  /** Asked to stop, as Kubernetes does. */
  stop(): Promise<number | null> {
    return this.process.end();
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
