import { run } from "kafka-stack-processes";

/** A git repository of a test, in a folder. */
export interface Repository {
  /** Runs git in the folder. */
  readonly git: (...args: readonly string[]) => Promise<string>;
  /** Commits all files. */
  readonly commit: (message: string) => Promise<void>;
}

/** An author, so that none has to be configured. */
export const AUTHOR = ["-c", "user.name=a", "-c", "user.email=a@example.com"];

/** Works with git in a folder. */
export function repositoryIn(folder: string): Repository {
  const git = (...args: readonly string[]) => run("git", ["-C", folder, ...args]);
  return {
    git,
    commit: async (message) => {
      await git("add", "--all");
      await git(...AUTHOR, "commit", "--quiet", "--message", message);
    },
  };
}
