/** The locks that the Pulumi CLI keeps on a stack in its file backend. */
import { identify } from "kafka-stack-processes";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { notYet, until } from "kafka-stack-waiting";

/** Milliseconds that a CLI which another run started may take to its end: it may wait for a roll. */
const PATIENCE_MS = 1_800_000;

/** What waiting needs. */
export interface Waiting {
  readonly write: (line: string) => void;
  /** Aborted when the wait shall end. */
  readonly signal?: AbortSignal | undefined;
}

/** Who holds a lock, as the CLI writes it. */
interface Holder {
  readonly pid: number;
  readonly hostname: string;
}

/**
 * Waits until no Pulumi CLI runs on this stack. A CLI outlives a killed run for a while, and two at once would corrupt the state.
 *
 * @param folder where the CLI keeps the locks of the stack
 * @returns whether a CLI that has ended left its lock there
 * @throws when the CLI does not end, when the wait shall end, or when it cannot be known whether the CLI still runs
 */
export async function untilNobodyWorks(folder: string, { write, signal }: Waiting): Promise<boolean> {
  let announced = false;
  const nobody = () => {
    const files = locksIn(folder);
    const holder = files.map((file) => holderOf(file)).find((one) => one !== undefined && works(one));
    if (holder === undefined) return { left: files.length > 0 };
    const who = `the Pulumi CLI (process ${holder.pid} on ${holder.hostname}) is working on this stack`;
    if (holder.hostname !== os.hostname()) {
      throw new Error(`${who}, as its lock says; wait for its end, or, when it has ended, run pulumi cancel`);
    }
    if (!announced && signal?.aborted !== true) {
      write(
        `Waiting: ${who}. It was started by a run that was killed, or by hand; it ends by: kill -INT ${holder.pid}`,
      );
      announced = true;
    }
    return notYet(`${who}; it ends by: kill -INT ${holder.pid}`);
  };
  const wait = { what: "no Pulumi CLI works on this stack", timeout: PATIENCE_MS, signal, late: (who: string) => who };
  return (await until(nobody, wait)).left;
}

function locksIn(folder: string): string[] {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return names.filter((name) => name.endsWith(".json")).map((name) => path.join(folder, name));
}

/** @throws when the lock does not say who holds it; `undefined` when it is gone by now */
function holderOf(file: string): Holder | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  let holder: Partial<Holder> = {};
  try {
    holder = JSON.parse(text) as Partial<Holder>;
  } catch {
    // Said below.
  }
  const { pid, hostname } = holder;
  if (typeof pid !== "number" || typeof hostname !== "string") {
    throw new Error(
      `The lock ${file} does not say which process holds it; when no Pulumi CLI works, run pulumi cancel`,
    );
  }
  return { pid, hostname };
}

/** Whether the holder of a lock still runs; one on another machine cannot be looked up. */
function works({ pid, hostname }: Holder): boolean {
  if (hostname !== os.hostname()) return true;
  return identify(pid) !== undefined && isPulumi(pid);
}

/** Whether this number is still that of a Pulumi CLI, where the system says so. */
function isPulumi(pid: number): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("pulumi");
  } catch {
    return true;
  }
}
