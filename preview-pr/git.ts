import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/**
 * The commit that a name stands for.
 *
 * @throws when there is no such commit, with what to fetch when the clone is a shallow one.
 */
export function commitOf(root: string, name: string): string {
  try {
    return git(root, "rev-parse", "--verify", "--quiet", `${name}^{commit}`).trim();
  } catch {
    throw new Error(`There is no commit ${name} in ${root}: ${isShallow(root) ? DEEPEN : FETCH}`);
  }
}

/** The merge base of two commits: where a branch left its base. */
export function mergeBase(root: string, one: string, other: string): string {
  try {
    return git(root, "merge-base", one, other).trim();
  } catch {
    throw new Error(`${one} and ${other} have no commit in common in ${root}: ${isShallow(root) ? DEEPEN : UNRELATED}`);
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
function isShallow(root: string): boolean {
  try {
    return git(root, "rev-parse", "--is-shallow-repository").trim() === "true";
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Error(`git cannot read ${root}: ${(stderr ?? "").trim() || message}`, { cause: error });
  }
}

/** True when the files differ from the last commit. */
export function isDirty(root: string): boolean {
  return git(root, "status", "--porcelain").trim() !== "";
}

/**
 * Checks a commit out into its own folder for as long as `use` runs. It uses the packages of `root`, so a change of
 * package.json has no effect.
 */
export async function withCheckout<T>(root: string, commit: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "preview-pr-"));
  const checkout = path.join(folder, "checkout");
  try {
    git(root, "worktree", "add", "--detach", checkout, commit);
    for (const parent of [".", "services"]) {
      const packages = path.join(root, parent, "node_modules");
      if (fs.existsSync(packages) && fs.existsSync(path.join(checkout, parent))) {
        fs.symlinkSync(packages, path.join(checkout, parent, "node_modules"));
      }
    }
    return await use(checkout);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
    git(root, "worktree", "prune");
  }
}

function git(root: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", root, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
