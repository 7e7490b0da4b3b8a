/** Processes of this machine: which of them run, one at a time, and commands run to their end. This module is the only door of the package; it needs nothing but Node.js. */
export { bootId, identify, isRunning, parseStat, type ProcessIdentity } from "./identity";
export { exclusively, holderOf, tryLock, type Attempt, type Lock } from "./lock";
export { run, succeeds, type CommandOptions } from "./run";
