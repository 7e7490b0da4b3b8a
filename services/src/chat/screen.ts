import { createInterface, type Interface } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";

/** Where a session reads and writes lines. */
export interface Screen {
  /** Shows a message or a remark on its own line. */
  show(line: string): void;
  /** Shows what the session is waiting for until the next call. Empty removes it. */
  status(text: string): void;
  onLine(listener: (line: string) => void): void;
  onEnd(listener: () => void): void;
  close(): void;
}

/** Removes control characters from other people's text, so that no message can move the cursor or change colours. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) =>
    character === "\n" || character === "\t" ? character : "\uFFFD",
  );
}

/** A terminal: a prompt with line editing at the bottom, everything else above it. */
export class TerminalScreen implements Screen {
  readonly #output: WriteStream;
  readonly #readline: Interface;
  readonly #prompt: string;
  #status = "";

  constructor(input: ReadStream, output: WriteStream, name: string) {
    this.#output = output;
    this.#prompt = `${name}> `;
    this.#readline = createInterface({ input, output, prompt: this.#prompt, terminal: true });
    this.#readline.prompt();
  }

  show(line: string): void {
    this.#clearInput();
    this.#output.write(`${line}\n`);
    this.#readline.prompt(true);
  }

  status(text: string): void {
    if (text === this.#status) return;
    this.#status = text;
    this.#readline.setPrompt(text === "" ? this.#prompt : `(${text}) ${this.#prompt}`);
    this.#clearInput();
    this.#readline.prompt(true);
  }

  onLine(listener: (line: string) => void): void {
    this.#readline.on("line", (line) => {
      // The line appears above the prompt once it is in the room, so the typed text is removed.
      const rows = Math.floor((this.#readline.getPrompt().length + line.length) / this.#output.columns) + 1;
      this.#output.moveCursor(0, -rows);
      this.#output.cursorTo(0);
      this.#output.clearScreenDown();
      listener(line);
      this.#readline.prompt();
    });
  }

  onEnd(listener: () => void): void {
    this.#readline.on("close", listener);
    this.#readline.on("SIGINT", () => {
      this.#readline.close();
    });
  }

  close(): void {
    this.#clearInput();
    this.#readline.close();
  }

  #clearInput(): void {
    const { rows } = this.#readline.getCursorPos();
    this.#output.moveCursor(0, -rows);
    this.#output.cursorTo(0);
    this.#output.clearScreenDown();
  }
}

/** Anything else: plain lines in and out, remarks to standard error. */
export class PlainScreen implements Screen {
  readonly #output: NodeJS.WritableStream;
  readonly #errors: NodeJS.WritableStream;
  readonly #readline: Interface;
  #status = "";

  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, errors: NodeJS.WritableStream) {
    this.#output = output;
    this.#errors = errors;
    this.#readline = createInterface({ input, terminal: false });
  }

  show(line: string): void {
    this.#output.write(`${line}\n`);
  }

  status(text: string): void {
    if (text !== "" && text !== this.#status) this.#errors.write(`${text}\n`);
    this.#status = text;
  }

  onLine(listener: (line: string) => void): void {
    this.#readline.on("line", listener);
  }

  onEnd(listener: () => void): void {
    this.#readline.on("close", listener);
  }

  close(): void {
    this.#readline.close();
  }
}
