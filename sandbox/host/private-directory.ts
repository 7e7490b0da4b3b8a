import { chmodSync, mkdirSync } from "node:fs";

/**
 * Makes a directory that nobody but root can enter; one that is there becomes such. What pods write lies in directories that anybody may
 * write to, because any user may run in a pod: the way to them is what keeps other users of the machine out. Pods need no way, for theirs are
 * mounted.
 */
export function privateDirectory(path: string): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o700);
}
