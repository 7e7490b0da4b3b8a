import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { RefusedError } from "./refused.js";

const file = z.object({ brokers: z.array(z.int()), controllers: z.array(z.int()) });

/** Node ids of the servers that the stack has begun to run, whether they run now or not. */
export type Begun = Readonly<Record<keyof z.infer<typeof file>, readonly number[]>>;

/** Where the stack's records are found. */
export interface Records {
  /** File with what has begun to run. @default nothing is known of it */
  readonly begun?: string | undefined;
  /** Directory with the configuration that an earlier change left to the servers; empty or not there before the first. @default nothing is known of it */
  readonly earlier?: string | undefined;
}

/**
 * Reads what the stack wrote down before it first started its servers. A file that is not there is a stack that never began, unless it has left a configuration: that was written by a version
 * that kept no record, and servers may have run with it. Without a name of a file nothing is known, and so nothing is believed.
 *
 * @returns undefined when nothing has begun
 * @throws {@link RefusedError} when the file says something else, none was named, or an older version may have run servers.
 */
export async function readBegun({ begun: path, earlier }: Records): Promise<Begun | undefined> {
  if (path === undefined || earlier === undefined) {
    throw new RefusedError(
      "No broker runs, and whether one ever ran is not known: name the records of it in KAFKA_BEGUN_FILE and KAFKA_EARLIER_CONFIG_DIR, or run this again once the brokers have started.",
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
  "No broker runs, and this stack was made by a version that did not record which servers began to run, so nobody knows whether something leaves that holds data. " +
  "Bring the brokers up first (`kubectl get pods` says what keeps them from it), then run this again. " +
  "If none of them ever ran, or if there are no fewer brokers and controllers than before, delete the ConfigMap kafka-config, which this makes anew.";

/** @throws {@link RefusedError} when something leaves: nothing can be asked whether it is still needed. */
export function refuseIfLeft(why: string, leaving: readonly string[]): void {
  if (leaving.length === 0) return;
  throw new RefusedError(
    `No broker runs (${why}), and ${leaving.join(", ")} cannot be emptied before they leave: what only they hold would be gone. ` +
      "Keep them in the config until the brokers run (`kubectl get pods` says what keeps them from it), then take them away. " +
      "If none of them ever ran, empty the record first: " +
      `kubectl patch configmap kafka-begun --type merge -p '{"data":{"servers.json":"{\\"brokers\\":[],\\"controllers\\":[]}"}}'`,
  );
}
