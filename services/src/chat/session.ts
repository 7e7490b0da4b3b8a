import { ReadStream, WriteStream } from "node:tty";
import { EventStream } from "./event-stream.js";
import { NotSentError, publish, toMessage } from "./publish.js";
import { PlainScreen, printable, type Screen, TerminalScreen } from "./screen.js";

/** What a chat in a terminal needs. */
export interface ChatOptions {
  readonly name: string;
  readonly room: string;
  /** Earlier messages to begin with. */
  readonly history: number;
  /** Stay when the input has ended. */
  readonly listen: boolean;
  readonly producerUrl: string;
  readonly consumerUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly errors: NodeJS.WritableStream;
}

/** Runs a chat until its input ends; resolves with the exit code: 0, or 1 when the service refused or a message was not sent. */
export function runChat(options: ChatOptions): Promise<number> {
  const { input, output, errors } = options;
  const isTerminal = input instanceof ReadStream && output instanceof WriteStream && input.isTTY && output.isTTY;
  const screen = isTerminal ? new TerminalScreen(input, output, options.name) : new PlainScreen(input, output, errors);
  return new ChatSession(options, screen, isTerminal).run();
}

/** One person in one room. */
class ChatSession {
  readonly #options: ChatOptions;
  readonly #screen: Screen;
  readonly #isTerminal: boolean;
  /** Own messages that are in the room, as Kafka said, but have not come back by the stream yet. */
  readonly #awaited: string[] = [];
  #queue: Promise<void> = Promise.resolve();
  #failed = false;

  constructor(options: ChatOptions, screen: Screen, isTerminal: boolean) {
    this.#options = options;
    this.#screen = screen;
    this.#isTerminal = isTerminal;
  }

  run(): Promise<number> {
    const { consumerUrl, room, history, headers, listen } = this.#options;
    const query = new URLSearchParams({ room, history: String(history) });
    return new Promise((resolve) => {
      const finish = (code: number) => {
        stream.close();
        this.#screen.close();
        resolve(code);
      };
      const stream = new EventStream(
        { url: `${consumerUrl}/sse/connect?${query.toString()}`, headers },
        {
          event: ({ type, data }) => {
            if (type === "test") this.#received(data);
          },
          state: (state, detail) => {
            this.#screen.status(state === "waiting" ? `connection lost, trying again: ${printable(detail)}` : "");
            if (state !== "refused") return;
            this.#options.errors.write(`The service refused: ${printable(detail)}\n`);
            finish(1);
          },
        },
      );
      this.#screen.onLine((line) => {
        if (line.trim() !== "") this.#send(line);
      });
      this.#screen.onEnd(() => {
        if (listen) return;
        void this.#queue.then(() => {
          finish(this.#failed ? 1 : 0);
        });
      });
      stream.start();
    });
  }

  /** One after the other, so that a person's messages stay in their order. */
  #send(text: string): void {
    const { name, producerUrl, room, headers } = this.#options;
    const message = toMessage(name, text);
    this.#queue = this.#queue.then(async () => {
      this.#awaited.push(message);
      try {
        await publish({ url: producerUrl, room, headers }, message);
      } catch (error) {
        const at = this.#awaited.indexOf(message);
        if (at >= 0) this.#awaited.splice(at, 1);
        this.#failed = true;
        const reason = error instanceof NotSentError ? error.message : String(error);
        this.#options.errors.write(`Not sent (${printable(reason)}): ${text}\n`);
      }
    });
  }

  #received(message: string): void {
    const shown = printable(message);
    const at = this.#awaited.indexOf(message);
    if (at >= 0) this.#awaited.splice(at, 1);
    if (!this.#isTerminal) this.#screen.show(shown);
    else this.#screen.show(at >= 0 ? `✓ ${shown}` : `  ${shown}`);
  }
}
