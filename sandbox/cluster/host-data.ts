import { existsSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { run, succeeds } from "../host/command";
import { privateDirectory } from "../host/private-directory";
import type { Paths } from "../paths";

/** Where stacks keep their hostPath volumes on a node. */
const directory = "/data/kafka";

/** Mounts a directory of the sandbox over the machine's, so that hostPath volumes do not touch the machine's own data and are deleted with the sandbox. All nodes share it. */
export async function ensureHostData(paths: Paths): Promise<void> {
  privateDirectory(paths.hostData);
  mkdirSync(directory, { recursive: true });
  await removeDeleted();
  if (!isLaidOver(paths)) await run("mount", ["--bind", paths.hostData, directory]);
}

/** Unmounts the directory; the data stay in the sandbox. */
export async function removeHostData(paths: Paths): Promise<void> {
  await removeDeleted();
  if (!isLaidOver(paths)) return;
  await takeOff();
  for (const made of [directory, dirname(directory)]) {
    try {
      rmdirSync(made);
    } catch {
      // The machine has data of its own there.
      return;
    }
  }
}

/** Unmounts directories of sandboxes that were deleted while they ran: a new mount over such a directory would fail. */
async function removeDeleted(): Promise<void> {
  while (existsSync(directory) && statSync(directory).nlink === 0) await takeOff();
}

async function takeOff(): Promise<void> {
  if (!(await succeeds("umount", [directory]))) await run("umount", ["--lazy", directory]);
}

/** Whether this sandbox's directory is mounted there. */
function isLaidOver({ hostData }: Paths): boolean {
  if (!existsSync(directory) || !existsSync(hostData)) return false;
  const [seen, own] = [directory, hostData].map((path) => statSync(path));
  return seen?.ino === own?.ino && seen?.dev === own?.dev;
}
