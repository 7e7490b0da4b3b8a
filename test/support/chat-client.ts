import { spawn } from "node:child_process";
import { once } from "node:events";
import { until } from "./until";

/** A person at the command-line client; its output is kept. */
export class ChatClient implements AsyncDisposable {
  private readonly process;
  private seen = "";

  /** Starts the client of one person, as `npm run chat -- <name>` does. */
  constructor(readonly name: string) {
    const client = ["--import", "tsx", "services/src/chat/cli.ts", name, "--listen"];
    this.process = spawn(process.execPath, client, {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.process.stdout.on("data", (chunk: Buffer) => (this.seen += chunk.toString()));
  }

  say(text: string): void {
    this.process.stdin.write(`${text}\n`);
  }

  /** Waits until this person sees a text. */
  async sees(text: string, seconds = 30): Promise<void> {
    await until(`${this.name} sees “${text}”`, seconds, () =>
      Promise.resolve(this.seen.includes(text) ? null : `seen: ${this.seen}`),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.stdin.end();
    this.process.kill("SIGINT");
    await ended;
  }
}
