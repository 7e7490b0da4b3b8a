/** The request cannot be met, and nothing was changed. The message is one sentence with the reason. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

/** The process was asked to stop before its work was done. Finished work stays. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";

  constructor() {
    super("Interrupted. Kafka's copying goes on, with its throttle; the next run takes it over.");
  }
}
