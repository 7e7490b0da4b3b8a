import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { outcome, run } from "kafka-stack-processes";

/**
 * The commit that a name stands for.
 *
 * @throws when there is no such commit, with what to fetch when the clone is a shallow one.
 */
export async function commitOf(root: string, name: string): Promise<string> {
  try {
    return await git(root, "rev-parse", "--verify", "--quiet", `${name}^{commit}`);
  } catch {
    throw new Error(`There is no commit ${name} in ${root}: ${(await isShallow(root)) ? DEEPEN : FETCH}`);
  }
}

/** The merge base of two commits: where a branch left its base. */
export async function mergeBase(root: string, one: string, other: string): Promise<string> {
  try {
    return await git(root, "merge-base", one, other);
  } catch {
    throw new Error(
      `${one} and ${other} have no commit in common in ${root}: ${(await isShallow(root)) ? DEEPEN : UNRELATED}`,
    );
  }
}

const FETCH = "name a branch, a tag or a commit that is fetched";
const DEEPEN =
  "the clone is shallow and does not reach back that far; get the history with git fetch --unshallow (fetch-depth: 0 of actions/checkout)";
const UNRELATED = "neither comes from the other's history, so that there is nothing to compare";

/**
 * Whether the clone lacks older commits.
 *
 * @throws when git cannot read the repository at all, with what git says.
 */
async function isShallow(root: string): Promise<boolean> {
  const { code, output, errors } = await outcome("git", ["-C", root, "rev-parse", "--is-shallow-repository"]);
  if (code !== 0) throw new Error(`git cannot read ${root}: ${errors.trim()}`);
  return output.trim() === "true";
}

/** True when the files differ from the last commit. */
export async function isDirty(root: string): Promise<boolean> {
  return (await git(root, "status", "--porcelain")) !== "";
}

/**
 * Checks a commit out into its own folder for as long as `use` runs. It uses the packages of `root`, so a change of
 * package.json has no effect.
 */
export async function withCheckout<T>(root: string, commit: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "preview-pr-"));
  const checkout = path.join(folder, "checkout");
  try {
    await git(root, "worktree", "add", "--detach", checkout, commit);
    for (const parent of [".", "services"]) {
      const packages = path.join(root, parent, "node_modules");
      if (fs.existsSync(packages) && fs.existsSync(path.join(checkout, parent))) {
        fs.symlinkSync(packages, path.join(checkout, parent, "node_modules"));
      }
    }
    return await use(checkout);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
    await git(root, "worktree", "prune");
  }
}

function git(root: string, ...args: readonly string[]): Promise<string> {
  return run("git", ["-C", root, ...args]);
}
