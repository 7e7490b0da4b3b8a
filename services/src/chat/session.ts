import { ReadStream, WriteStream } from "node:tty";
import { EventStream } from "./event-stream.js";
import { NotSentError, publish, toMessage } from "./publish.js";
import { PlainScreen, printable, type Screen, TerminalScreen } from "./screen.js";

/** Options of a chat in a terminal. */
export interface ChatOptions {
  readonly name: string;
  readonly room: string;
  /** The number of earlier messages to begin with. */
  readonly history: number;
  /** Stay after the end of the input. */
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

/** Milliseconds without a message after which all earlier messages count as received. */
const QUIET_MS = 300;

/** How long the end of the input waits for a connection, in milliseconds: a starting pod answers within this time. */
const CONNECT_MS = 10_000;

/** How long the end of the input waits for own messages to come back, in milliseconds. */
const SHOWN_MS = 10_000;

/** One person in one room. */
class ChatSession {
  readonly #options: ChatOptions;
  readonly #screen: Screen;
  readonly #isTerminal: boolean;
  /** Own messages that Kafka has acknowledged and the stream has not brought back yet. */
  readonly #awaited: string[] = [];
  #queue: Promise<void> = Promise.resolve();
  #failed = false;
  #isConnected = false;
  /** Why there is no connection. */
  #problem = "";
  /** When all earlier messages count as shown: they arrive at once, and nothing marks their end. */
  #quietAt = 0;

  constructor(options: ChatOptions, screen: Screen, isTerminal: boolean) {
    this.#options = options;
    this.#screen = screen;
    this.#isTerminal = isTerminal;
  }

  run(): Promise<number> {
    const { consumerUrl, room, history, headers, listen } = this.#options;
    const query = new URLSearchParams({ room, history: String(history) });
    const connected = Promise.withResolvers<boolean>();
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
            if (state === "open") {
              this.#isConnected = true;
              this.#quietAt = Date.now() + QUIET_MS;
              connected.resolve(true);
            }
            if (state === "waiting") this.#problem = printable(detail);
            this.#screen.status(state === "waiting" ? this.#interruption() : "");
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
        setTimeout(() => {
          connected.resolve(false);
        }, CONNECT_MS).unref();
        void this.#leave(connected.promise).then(finish);
      });
      stream.start();
    });
  }

  /** The screen's status while there is no connection. */
  #interruption(): string {
    if (this.#isConnected) return `connection lost, trying again: ${this.#problem}`;
    return `kchat does not answer at ${this.#options.consumerUrl}, trying again: ${this.#problem}`;
  }

  /** After the end of the input: returns the exit code once everything is sent and, unless a person is watching, shown. */
  async #leave(isConnected: Promise<boolean>): Promise<number> {
    await this.#queue;
    if (this.#isTerminal) return this.#failed ? 1 : 0;
    if (!(await isConnected)) {
      this.#options.errors.write(
        `kchat does not answer at ${this.#options.consumerUrl} (${this.#problem}). Start the stack with "npm start", or give its address with --host and --consumer-port.\n`,
      );
      return 1;
    }
    const deadline = Date.now() + SHOWN_MS;
    while (Date.now() < deadline && (this.#awaited.length > 0 || Date.now() < this.#quietAt)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.#failed ? 1 : 0;
  }

  /** Sends one after the other, which keeps a person's messages in order. */
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
    this.#quietAt = Date.now() + QUIET_MS;
    const shown = printable(message);
    const at = this.#awaited.indexOf(message);
    if (at >= 0) this.#awaited.splice(at, 1);
    if (!this.#isTerminal) this.#screen.show(shown);
    else this.#screen.show(at >= 0 ? `✓ ${shown}` : `  ${shown}`);
  }
}
