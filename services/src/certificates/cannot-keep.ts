/** A state in which no certificate can be issued, and no password be kept. */
export class CannotKeepError extends Error {}
