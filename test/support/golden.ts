import { join } from "node:path";
import { ROOT } from "./stacks";

/** Folder of the lists of each stack's resources. */
export const GOLDEN = join(ROOT, "test", "golden");

/** The list of a stack's resources. */
export const goldenFile = (stack: string): string => join(GOLDEN, `${stack}.txt`);
