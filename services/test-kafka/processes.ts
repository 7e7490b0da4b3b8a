import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
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
): ChildProcess {
  const bundle = fileURLToPath(new URL(`../dist/${program}.js`, import.meta.url));
  return spawn(process.execPath, [bundle, ...args], {
    env: { PATH: process.env["PATH"] ?? "", NODE_OPTIONS, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** A chat service as a process. */
export class ServiceProcess {
  readonly url: string;
  readonly #program: "kproducer" | "kconsumer";
  readonly #environment: Record<string, string>;
  #process: ChildProcess | undefined;
  output = "";

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
    const started = launch(this.#program, this.#environment);
    started.stdout?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    started.stderr?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    this.#process = started;
    await until(`${this.#program} is ready; it said: ${this.output}`, () => this.isReady(), 60_000);
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    const ending = this.#process;
    if (ending === undefined || ending.exitCode !== null) return ending?.exitCode ?? null;
    const exit = once(ending, "exit") as Promise<[number | null]>;
    ending.kill(signal);
    const [code] = await exit;
    this.#process = undefined;
    return code;
  }
}

/** Runs `ops` to its end. */
export async function ops(
  bootstrap: string,
  ...args: string[]
): Promise<{ code: number | null; lines: string[]; errors: string[] }> {
  return outcome(launch("ops", { KAFKA_BOOTSTRAP_ADDRESS: bootstrap }, args));
}

/** A process's output and exit code. */
export async function outcome(
  running: ChildProcess,
): Promise<{ code: number | null; lines: string[]; errors: string[] }> {
  const [out, errors]: [string[], string[]] = [[], []];
  running.stdout?.on("data", (chunk: Buffer) => out.push(chunk.toString()));
  running.stderr?.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  const [code] = (await once(running, "exit")) as [number | null];
  return { code, lines: out.join("").split("\n").filter(Boolean), errors: errors.join("").split("\n").filter(Boolean) };
}
