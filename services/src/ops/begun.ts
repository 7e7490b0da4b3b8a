import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { RefusedError } from "./refused.js";

const file = z.object({ brokers: z.array(z.int()), controllers: z.array(z.int()) });

/** Node ids of the servers that the stack has begun to run, whether they are running now or not. */
export type Begun = Readonly<Record<keyof z.infer<typeof file>, readonly number[]>>;

/** Where to find the stack's records. */
export interface Records {
  /** File with the servers that have begun to run. @default nothing is known about them */
  readonly begun?: string | undefined;
  /** Directory with the servers' configuration from an earlier change; empty or missing before the first. @default nothing is known about it */
  readonly earlier?: string | undefined;
}

/**
 * Reads the stack's record of servers, which it writes before it first starts them. A missing file means that the stack never began, unless an
 * earlier configuration exists: a version that kept no record wrote that, and servers may have run with it. Without a file name nothing is known, and
 * nothing is assumed.
 *
 * @returns undefined when nothing has begun
 * @throws {@link RefusedError} when the file is malformed, none was named, or an older version may have run servers.
 */
export async function readBegun({ begun: path, earlier }: Records): Promise<Begun | undefined> {
  if (path === undefined || earlier === undefined) {
    throw new RefusedError(
      "No broker runs, and it is not known whether one ever ran: name the records of this in KAFKA_BEGUN_FILE and KAFKA_EARLIER_CONFIG_DIR, or run this again once the brokers have started.",
    );
  }
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new RefusedError(`${path} cannot be read: ${(error as Error).message}`);
    }
    if (await isThere(join(earlier, "server.properties"))) throw new RefusedError(OLDER_STACK);
    return undefined;
  }
  try {
    return file.parse(JSON.parse(text));
  } catch {
    throw new RefusedError(`${path} does not say which brokers and controllers have begun to run.`);
  }
}

/** @throws {@link RefusedError} when the file system does not say */
async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw new RefusedError(`${path} cannot be looked for: ${(error as Error).message}`);
  }
}

const OLDER_STACK =
  "No broker runs, and this stack was made by a version that did not record which servers began to run, so nobody knows whether a server that leaves holds data. " +
  "Bring the brokers up first (`kubectl get pods` shows why they do not start), then run this again. " +
  "If none of them ever ran, or if there are no fewer brokers and controllers than before, delete the ConfigMap kafka-config, which this creates again.";

/** @throws {@link RefusedError} when servers leave: no broker can say whether they are still needed. */
export function refuseIfLeft(why: string, leaving: readonly string[]): void {
  if (leaving.length === 0) return;
  throw new RefusedError(
    `No broker runs (${why}), so ${leaving.join(", ")} cannot be drained before they leave, and data that only they hold would be lost. ` +
      "Keep them in the config until the brokers run (`kubectl get pods` shows why they do not start), then remove them. " +
      "If none of them ever ran, empty the record first: " +
      `kubectl patch configmap kafka-begun --type merge -p '{"data":{"servers.json":"{\\"brokers\\":[],\\"controllers\\":[]}"}}'`,
  );
}
