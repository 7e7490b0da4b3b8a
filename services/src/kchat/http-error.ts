/** An error answer that the caller sees unchanged. */
export class HttpError extends Error {
  /**
   * @param statusCode - the HTTP status
   * @param reason - a short name for programs, in snake case
   * @param message - one sentence for people
   * @param retryAfterSeconds - when to try again, if that makes sense; sent as `Retry-After`
   */
  constructor(
    readonly statusCode: number,
    readonly reason: string,
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
    this.name = "HttpError";
  }
}
