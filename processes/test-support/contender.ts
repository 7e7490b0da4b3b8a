/** A process that takes a lock on command, and reports whether it was alone while it held it. */
import { createRequire } from "node:module";
import { rmSync, writeFileSync } from "node:fs";
import { tryLock } from "../lock";

/** The module object that the lock uses: a named import cannot be replaced. */
const fs = createRequire(__filename)("node:fs") as typeof import("node:fs");

const [file = ""] = process.argv.slice(2);
const held = `${file}.held`;

/** Lets time pass, so that others can interleave. */
function pass(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

// Pauses between reading the holder and acting on it, as a busy machine would.
const { readFileSync } = fs;
fs.readFileSync = ((...args: Parameters<typeof readFileSync>) => {
  const text = readFileSync(...args);
  if (args[0] === file) pass(Math.random() * 3);
  return text;
}) as typeof readFileSync;

process.on("message", () => {
  let attempt = tryLock(file);
  while ("holder" in attempt) attempt = tryLock(file);
  let alone = "alone";
  try {
    writeFileSync(held, "", { flag: "wx" });
    pass(2);
    rmSync(held);
  } catch (error) {
    alone = String(error);
  }
  attempt.lock.release();
  process.send?.(alone);
});
process.send?.("ready");
