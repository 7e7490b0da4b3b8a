import { chmodSync, mkdirSync } from "node:fs";

/**
 * Makes a directory that only root can enter, or restricts an existing one. Pods run as any user, so the directories that they write to are
 * world-writable: only this parent keeps other users of the machine out. Pods do not need to enter it, because their directories are
 * mounted.
 */
export function privateDirectory(path: string): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o700);
}
