import { readFile } from "node:fs/promises";
import { z } from "zod";
import { RefusedError } from "./refused.js";

const file = z.object({ brokers: z.array(z.int()), controllers: z.array(z.int()) });

/** Node ids of the servers that the stack has begun to run, whether they run now or not. */
export type Begun = Readonly<Record<keyof z.infer<typeof file>, readonly number[]>>;

/**
 * Reads what the stack wrote down before it first started its servers. A file that is not there is a stack that never began; without a name of a file nothing is known, and so nothing is
 * believed.
 *
 * @returns undefined when nothing has begun
 * @throws {@link RefusedError} when the file says something else, or none was named.
 */
export async function readBegun(path: string | undefined): Promise<Begun | undefined> {
  if (path === undefined) {
    throw new RefusedError(
      "No broker has an address, and whether one ever ran is not known: name the record of it in KAFKA_BEGUN_FILE, or run this again once the brokers have started.",
    );
  }
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new RefusedError(`${path} cannot be read: ${(error as Error).message}`);
  }
  try {
    return file.parse(JSON.parse(text));
  } catch {
    throw new RefusedError(`${path} does not say which brokers and controllers have begun to run.`);
  }
}

/** @throws {@link RefusedError} when something leaves: nothing can be asked whether it is still needed. */
export function refuseIfLeft(why: string, leaving: readonly string[]): void {
  if (leaving.length === 0) return;
  throw new RefusedError(
    `${why}, so no broker runs, and ${leaving.join(", ")} cannot be emptied before they leave: what only they hold would be gone. ` +
      "Keep them in the config until the brokers run (`kubectl get pods` says what keeps them from it), then take them away. " +
      "If none of them ever ran, delete the ConfigMap kafka-begun first.",
  );
}
