import { availableParallelism } from "node:os";

import { commitOf, isDirty, mergeBase, withCheckout } from "./git";
import { recordStack, stacksOf } from "./record";
import type { RecordedResource } from "./recorder";
import type { Report } from "./markdown/report";
import { policyConfig, previewStack } from "./stack-preview";

/** What to compare. */
export interface PreviewOptions {
  /** The repository, with node_modules. */
  readonly root: string;
  /** The branch or commit that the change is to be merged into. */
  readonly base: string;
  /** The commit with the change. @default the working tree, with changes that are not committed */
  readonly head?: string | undefined;
  /** The stacks to look at. @default all */
  readonly stacks?: readonly string[] | undefined;
  /** Called with progress. */
  readonly progress?: ((message: string) => void) | undefined;
}

/** What the programs of a checkout register. */
interface Recording {
  /** Every stack of the checkout. */
  readonly stacks: readonly string[];
  /** The resources of the requested stacks. */
  readonly resources: ReadonlyMap<string, readonly RecordedResource[]>;
}

/**
 * Computes what merging a change would do to each stack. It runs the program of both commits without a cluster.
 *
 * @throws when a commit or a stack does not exist, or a program fails.
 */
export async function preview(options: PreviewOptions): Promise<Report> {
  const { root, base, head, stacks } = options;
  const headCommit = await commitOf(root, head ?? "HEAD");
  const baseCommit = await mergeBase(root, await commitOf(root, base), headCommit);
  // The change first: its author wants to know what is wrong with it.
  const after =
    head === undefined
      ? await record(root, options)
      : await withCheckout(root, headCommit, (folder) => record(folder, options));
  const before = await withCheckout(root, baseCommit, (folder) => record(folder, options)).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`There is no comparison with the base ${short(baseCommit)}: ${why}`, { cause: error });
  });
  const all = [...new Set([...before.stacks, ...after.stacks])].sort();
  for (const stack of stacks ?? []) {
    if (!all.includes(stack)) {
      throw new Error(`There is no stack ${stack}; there are ${all.join(", ")}`);
    }
  }
  const previews = (stacks ?? all).map((stack) =>
    previewStack(stack, before.resources.get(stack), after.resources.get(stack), policyConfig(root, stack)),
  );
  return {
    base: short(baseCommit),
    head: head === undefined && (await isDirty(root)) ? "the working tree" : short(headCommit),
    stacks: await Promise.all(previews),
  };
}

async function record(folder: string, { stacks, progress }: PreviewOptions): Promise<Recording> {
  const all = stacksOf(folder);
  const waiting = all.filter((stack) => stacks === undefined || stacks.includes(stack));
  const resources = new Map<string, readonly RecordedResource[]>();
  const work = async (): Promise<void> => {
    for (let stack = waiting.shift(); stack !== undefined; stack = waiting.shift()) {
      progress?.(`Running the program of stack ${stack} in ${folder}`);
      resources.set(stack, await recordStack(folder, stack));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return { stacks: all, resources };
}

function short(commit: string): string {
  return commit.slice(0, 10);
}
