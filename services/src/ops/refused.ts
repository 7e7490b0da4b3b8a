/** What was asked for cannot be done, and nothing was changed. The message is one sentence that says what and why. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

/** The process was asked to stop before its work was done. What was done stays. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";

  constructor() {
    super("Interrupted. What Kafka is copying goes on, with its throttle; the next run takes it over.");
  }
}
