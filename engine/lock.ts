/** One run at a time for each stack. */
import { tryLock, type Lock } from "kafka-stack-processes";

/** Takes the lock of a stack. @throws when another run holds it, naming its process */
export function lockStack(file: string): Lock {
  const attempt = tryLock(file);
  if ("lock" in attempt) return attempt.lock;
  const { pid } = attempt.holder;
  throw new Error(`Another run (process ${pid}) is working on this stack; wait for it to end (lock ${file})`);
}
