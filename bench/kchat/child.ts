import { readFileSync } from "node:fs";
import { join } from "node:path";
import { start, type Running } from "kafka-stack-processes";

/** A program of this directory as a child process that receives requests and answers them. */
export class Child {
  private constructor(private readonly process: Running) {}

  /** Starts `<program>.ts` and waits until it says that it is ready. */
  static async start(program: string, ...args: readonly string[]): Promise<Child> {
    const command = ["--import", "tsx", join(__dirname, `${program}.ts`), ...args];
    const running = start(process.execPath, command, { messages: true, output: "terminal" });
    await running.message();
    return new Child(running);
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** Sends a request and waits for the answer. */
  async ask(what: string): Promise<unknown> {
    const answer = this.process.message();
    this.process.send(what);
    return answer;
  }

  /** Sends a request that has no answer. */
  tell(what: string): void {
    this.process.send(what);
  }

  async end(): Promise<void> {
    await this.process.end("SIGKILL");
  }
}

/** The child's side: reports that it is ready, and answers requests; a handler that returns nothing sends no answer. */
export function serve(answers: Readonly<Record<string, () => unknown>>): void {
  process.on("message", (what: string) => {
    const answer = answers[what]?.();
    if (answer !== undefined) process.send?.(answer);
  });
  process.on("disconnect", () => process.exit());
  process.send?.("ready");
}

/** Linux counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Seconds of CPU time that a process has used, in its own code and in the kernel's on its behalf. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Bytes of memory that a process has in use. */
export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1_024;
}
