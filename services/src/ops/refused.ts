/** What was asked for cannot be done, and nothing was changed. The message is one sentence that says what and why. */
export class RefusedError extends Error {
  /** @param final - whether the reason is in what was asked for, so that trying again is of no use */
  constructor(
    message: string,
    readonly final = false,
  ) {
    super(message);
    this.name = "RefusedError";
  }
}
