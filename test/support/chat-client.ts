import { start } from "kafka-stack-processes";
import { until } from "./until";

/** A person at the command-line client; its output is kept. */
export class ChatClient implements AsyncDisposable {
  private readonly process;

  /** Starts the client of one person, as `npm run chat -- <name>` does. */
  constructor(readonly name: string) {
    const client = ["--import", "tsx", "services/src/chat/cli.ts", name, "--listen"];
    this.process = start(process.execPath, client, { input: { open: true }, output: "errors" });
  }

  say(text: string): void {
    this.process.write(`${text}\n`);
  }

  /** Waits until this person sees a text. */
  async sees(text: string, seconds = 30): Promise<void> {
    await until(`${this.name} sees “${text}”`, seconds, () =>
      Promise.resolve(this.process.output.includes(text) ? null : `seen: ${this.process.output}`),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.endInput();
    await this.process.end("SIGINT");
  }
}
