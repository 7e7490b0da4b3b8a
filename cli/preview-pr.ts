/** `npm run preview:pr`: what merging a change would do to every stack, as Markdown. */
import { Command } from "commander";
import * as fs from "node:fs";
import * as path from "node:path";

import { renderReport } from "../preview-pr/markdown/report";
import { preview } from "../preview-pr/preview";

interface Options {
  readonly base: string;
  readonly head?: string;
  readonly stack?: readonly string[];
  readonly output?: string;
}

/** Exit code when a mandatory policy is violated: `pulumi preview` fails then too. */
const VIOLATED = 1;

async function report({ base, head, stack, output }: Options): Promise<void> {
  const found = await preview({
    root: path.resolve(__dirname, ".."),
    base,
    head,
    stacks: stack,
    progress: (message) => {
      process.stderr.write(`${message}\n`);
    },
  });
  const markdown = renderReport(found);
  if (output === undefined) {
    process.stdout.write(markdown);
  } else {
    fs.writeFileSync(output, markdown);
  }
  if (found.stacks.some(({ violations }) => violations.some(({ level }) => level !== "advisory"))) {
    process.exitCode = VIOLATED;
  }
}

export const command = new Command("npm run preview:pr --")
  .description("Shows as Markdown what merging a change would do to every stack. Needs no cluster and no secrets.")
  .requiredOption("--base <commit>", "the branch or commit to merge into; compared is where the change left it")
  .option("--head <commit>", "the commit with the change (default: the working tree, with what is not committed)")
  .option("--stack <name...>", "the stacks to look at (default: all)")
  .option("--output <file>", "where to write the Markdown (default: the standard output)")
  .action(report);
