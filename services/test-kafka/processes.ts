import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { start, type Running } from "kafka-stack-processes";
import { until } from "../test/fakes.js";

/** The same Node.js options as in the image. */
const NODE_OPTIONS =
  /^ENV NODE_OPTIONS=(.+)$/m.exec(
    readFileSync(new URL("../../images/services/Dockerfile", import.meta.url), "utf8"),
  )?.[1] ?? "";

/** Starts a bundle of `dist/` (see build.mjs) with this environment. */
export function launch(
  program: "kproducer" | "kconsumer" | "ops" | "lag",
  environment: Record<string, string>,
  args: readonly string[] = [],
): Running {
  const bundle = fileURLToPath(new URL(`../dist/${program}.js`, import.meta.url));
  return start(process.execPath, [bundle, ...args], {
    env: { PATH: process.env["PATH"] ?? "", NODE_OPTIONS, ...environment },
  });
}

/** A chat service as a process. */
export class ServiceProcess {
  readonly url: string;
  readonly #program: "kproducer" | "kconsumer";
  readonly #environment: Record<string, string>;
  #process: Running | undefined;

  constructor(program: "kproducer" | "kconsumer", port: number, environment: Record<string, string>) {
    this.#program = program;
    this.url = `http://127.0.0.1:${port}`;
    this.#environment = { KCHAT_HOST: "127.0.0.1", KCHAT_PORT: String(port), KCHAT_DRAIN_MS: "100", ...environment };
  }

  /** The process's id, while it runs. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  async start(): Promise<void> {
    this.#process = launch(this.#program, this.#environment);
    await until(`${this.#program} is ready`, () => this.isReady(), 60_000).catch((error: unknown) => {
      throw new Error(`${(error as Error).message} It said: ${this.output}`);
    });
  }

  /** What it has said since its last start. */
  get output(): string {
    return this.#process?.said ?? "";
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    return (await this.#process?.end(signal)) ?? null;
  }
}

/** How a run of `ops` ended, with its lines. */
export interface Ended {
  readonly code: number | null;
  readonly lines: string[];
  readonly errors: string[];
}

/** Runs `ops` to its end. */
export function ops(bootstrap: string, ...args: string[]): Promise<Ended> {
  return ended(launch("ops", { KAFKA_BOOTSTRAP_ADDRESS: bootstrap }, args));
}

/** Waits for the end of a program. */
export async function ended(running: Running): Promise<Ended> {
  const { code, output, errors } = await running.ended;
  return { code, lines: output.split("\n").filter(Boolean), errors: errors.split("\n").filter(Boolean) };
}
