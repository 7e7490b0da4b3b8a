import type { Line, Style } from "./text.js";

/** What {@link LiveScreen} uses of a terminal's output. */
export interface Output {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

/** What it uses of a terminal's input. */
export interface Keys {
  setRawMode(raw: boolean): unknown;
  on(event: "data", listener: (data: Buffer) => void): unknown;
  off(event: "data", listener: (data: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const ESCAPE = "\u001b";

/** Another screen, which leaves what was there as it was; no cursor; no line goes on in the next. */
const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";

const STYLES: Readonly<Record<Style, string>> = { good: "32", look: "33", bad: "31", title: "1", soft: "2" };

/** Lines that a key moves by: those that are negative, upwards. A page is what the terminal shows. */
const STEPS: Readonly<Record<string, (page: number) => number>> = {
  "\u001b[A": () => -1,
  "\u001b[B": () => 1,
  k: () => -1,
  j: () => 1,
  "\u001b[5~": (page) => -page,
  "\u001b[6~": (page) => page,
  " ": (page) => page,
  "\u001b[H": () => -Infinity,
  "\u001b[F": () => Infinity,
};

/** One key: what a terminal sends at a time may be several. */
const KEY = new RegExp(`${ESCAPE}\\[[\\d;]*[~A-Z]|[^]`, "g");

/** Keys that end it; the second and third are Ctrl-C and Ctrl-D. */
const ENDS = ["q", "Q", "\u0003", "\u0004"];

/** A line as it is written. @param colour whether with colours */
export const paint = ({ text, style }: Line, colour: boolean): string =>
  colour && style !== undefined && text !== "" ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;

/** Shows lines on a whole terminal until a key ends it. What does not fit is reached with the arrows. */
export class LiveScreen {
  /** Resolves when a key asks for the end. */
  readonly ended: Promise<void>;
  readonly #output: Output;
  readonly #keys: Keys | undefined;
  readonly #colour: boolean;
  readonly #render: (width: number) => readonly Line[];
  #end: () => void = () => undefined;
  #offset = 0;
  #closed = false;

  /**
   * @param keys - undefined when nobody can press any
   * @param render - the lines for a width in cells
   */
  constructor(
    output: Output,
    keys: Keys | undefined,
    { colour, render }: { readonly colour: boolean; readonly render: (width: number) => readonly Line[] },
  ) {
    this.#output = output;
    this.#keys = keys;
    this.#colour = colour;
    this.#render = render;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    output.write(ENTER);
    output.on("resize", this.draw);
    keys?.setRawMode(true);
    keys?.on("data", this.#press);
    keys?.resume();
    this.draw();
  }

  /** Draws anew what there is to show. */
  readonly draw = (): void => {
    if (this.#closed) return;
    const { columns = 80, rows = 24 } = this.#output;
    const lines = this.#render(Math.max(1, columns));
    const page = this.#page;
    this.#offset = Math.max(0, Math.min(this.#offset, lines.length - page));
    const shown = lines.slice(this.#offset, this.#offset + page);
    const place =
      lines.length > page
        ? `; ↑ ↓ scroll, lines ${this.#offset + 1} to ${this.#offset + shown.length} of ${lines.length}`
        : "";
    const foot = this.#keys === undefined ? "Ctrl-C ends" : `q ends${place}`;
    const painted = shown.map((line) => `${paint(line, this.#colour)}\u001b[K\r\n`);
    const last = paint({ text: foot.slice(0, columns), style: "soft" }, this.#colour);
    // Only one write: the terminal never shows half of it.
    this.#output.write(`\u001b[H${rows > 1 ? painted.join("") : ""}${last}\u001b[J`);
  };

  /** Leaves the terminal as it was. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#output.off("resize", this.draw);
    this.#keys?.off("data", this.#press);
    this.#keys?.setRawMode(false);
    this.#keys?.pause();
    this.#output.write(LEAVE);
  }

  /** Lines of the content that are shown at a time: the last one of the terminal says what keys do. */
  get #page(): number {
    return Math.max(1, (this.#output.rows ?? 24) - 1);
  }

  readonly #press = (data: Buffer): void => {
    for (const key of data.toString().match(KEY) ?? []) {
      if (ENDS.includes(key)) this.#end();
      const step = STEPS[key];
      if (step === undefined) continue;
      this.#offset = Math.max(0, Math.min(this.#offset + step(this.#page), Number.MAX_SAFE_INTEGER));
      this.draw();
    }
  };
}
