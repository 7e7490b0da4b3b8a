/**
 * Processes of this machine: identity, locks between them, and running commands. This module is the package's only entry point; it needs nothing but
 * Node.js and kafka-stack-waiting.
 */
export { bootId, identify, isRunning, parseStat, type ProcessIdentity } from "./identity";
export { exclusively, holderOf, tryLock, type Attempt, type Lock } from "./lock";
export { outcome, run, succeeds, type CommandOptions } from "./run";
export { start, type Outcome, type Running, type StartOptions } from "./start";
