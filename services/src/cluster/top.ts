import type { ReadStream, WriteStream } from "node:tty";
import { Follower } from "./follow.js";
import { LiveScreen, paint } from "./live.js";
import { render } from "./terminal.js";

/** What {@link top} shows, and where. */
export interface TopOptions {
  /** Address of the page's stream. */
  readonly url: string;
  /** Whether it ends after the first answer, also on a terminal. */
  readonly once: boolean;
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly errors: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long one answer may take, in ms. @default half a minute */
  readonly patienceMs?: number;
}

/** The cluster in a terminal, while it runs. */
export interface Top {
  /** Takes a reason why the page cannot be reached. */
  readonly explain: (reason: string) => void;
  /** The exit code: 0, or 1 when one answer was asked for and none came. */
  readonly done: Promise<number>;
}

/** How often the age of what is shown is written anew, in ms. */
const TICK_MS = 1_000;

/** Width of the lines where there is no terminal. */
const WIDTH = 80;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Shows the cluster: live on a terminal, and once anywhere else. */
export function top(options: TopOptions): Top {
  const { output, once, env } = options;
  let changed: () => void = () => undefined;
  const follower = new Follower(options.url, () => {
    changed();
  });
  const listen = (listener: () => void) => {
    changed = listener;
  };
  const live = !once && output.isTTY && env["TERM"] !== "dumb";
  const done = (live ? watch(follower, listen, options) : look(follower, listen, options)).finally(() => {
    follower.close();
  });
  return {
    explain: (reason) => {
      follower.explain(reason);
    },
    done,
  };
}

/** @see https://no-color.org */
const hasColour = ({ output, env }: TopOptions): boolean =>
  output.isTTY && env["TERM"] !== "dumb" && (env["NO_COLOR"] ?? "") === "";

async function watch(follower: Follower, listen: (changed: () => void) => void, options: TopOptions): Promise<number> {
  const { input, output } = options;
  const screen = new LiveScreen(output, input.isTTY ? input : undefined, {
    colour: hasColour(options),
    render: (width) => render(follower.seen, width),
  });
  const restore = () => {
    screen.close();
  };
  // Also when an error ends the process.
  process.once("exit", restore);
  listen(screen.draw);
  const timer = setInterval(screen.draw, TICK_MS);
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  for (const signal of SIGNALS) process.once(signal, stop);
  await Promise.race([screen.ended, stopped]);
  for (const signal of SIGNALS) process.off(signal, stop);
  clearInterval(timer);
  restore();
  process.off("exit", restore);
  return 0;
}

/** Prints the first answer. */
async function look(follower: Follower, listen: (changed: () => void) => void, options: TopOptions): Promise<number> {
  const { output, errors, patienceMs = 30_000 } = options;
  const known = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(resolve, patienceMs, false);
    listen(() => {
      if (follower.seen.parts === undefined) return;
      clearTimeout(timer);
      resolve(true);
    });
  });
  const lines = render(follower.seen, output.columns || WIDTH);
  const colour = known && hasColour(options);
  (known ? output : errors).write(lines.map((line) => `${paint(line, colour)}\n`).join(""));
  return known ? 0 : 1;
}
