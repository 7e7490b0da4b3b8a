/** What was asked for cannot be done, and nothing was changed. The message is one sentence that says what and why. */
export class RefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RefusedError";
  }
}
