import { run, type RunResult } from "../../../sandbox/engine";
import { mergeStackFile } from "../../../sandbox/engine/stack-file";

/** A result of the engine, with everything that it printed. */
export type Outcome = RunResult & { readonly printed: string };

/** Runs the engine on a stack of the sandbox. @param set config for this run, as `key=value`. */
async function engine(command: "up" | "preview" | "down", stack: string, set: readonly string[]): Promise<Outcome> {
  const root = process.cwd();
  const lines: string[] = [];
  const prepared = await mergeStackFile({ root, stack, set });
  try {
    const result = await run({ command, root, stack, ...prepared, write: (line) => lines.push(line) });
    return { ...result, printed: lines.join("\n") };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${lines.slice(-40).join("\n")}`, {
      cause: error,
    });
  }
}

/** Brings a stack up. */
export const up = (stack: string, ...set: string[]): Promise<Outcome> => engine("up", stack, set);

/** What `up` would change. */
export const preview = (stack: string, ...set: string[]): Promise<Outcome> => engine("preview", stack, set);

/** Takes a stack down. */
export const down = (stack: string): Promise<Outcome> => engine("down", stack, []);
