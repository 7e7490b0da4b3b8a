/**
 * Waiting with a limit: {@link until} something holds, and {@link within} a time for an answer. This module is the package's only entry point; it needs nothing but Node.js.
 */
export { GaveUp, notYet, NotYet, pause, until, type Wait } from "./until";
export { within } from "./within";
