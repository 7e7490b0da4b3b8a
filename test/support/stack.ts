import { run, type RunResult } from "kafka-stack-engine";
import { mergeStackFile } from "../../sandbox/stack/stack-file";

/** A result of the engine, with its output. */
export type Outcome = RunResult & { readonly printed: string };

/** Runs an engine on a stack of the sandbox. @param set config for this run, as `key=value`. @param made the engine. @default the one that is chosen */
async function engine(
  command: "up" | "preview" | "down",
  stack: string,
  set: readonly string[],
  made?: string,
): Promise<Outcome> {
  const root = process.cwd();
  const lines: string[] = [];
  const prepared = await mergeStackFile({ root, stack, set });
  try {
    const env = made === undefined ? prepared.env : { ...prepared.env, ENGINE: made };
    const result = await run({ command, root, stack, ...prepared, env, write: (line) => lines.push(line) });
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

/** Takes a stack down. @param made the engine that has made it. @default the one that is chosen */
export const down = (stack: string, made?: string): Promise<Outcome> => engine("down", stack, [], made);
