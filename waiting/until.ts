/** What is waited for, and how patiently. */
export interface Wait {
  /** Ends the sentence "Gave up after N s of waiting until …". */
  readonly what: string;
  /** The limit, in milliseconds. At least one look is taken, whatever it is. */
  readonly timeout: number;
  /** Milliseconds between two looks. @default 500 */
  readonly interval?: number;
  /** Abort it to end the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the wait goes on after this error of the condition, whose message is then the reason. @default the first error ends it */
  readonly despite?: (error: unknown) => boolean;
  /** The error's text when the time is over, from the last reason. @default "Gave up after N s of waiting until …", with the reason */
  readonly late?: (why: string) => string | Promise<string>;
}

/** The answer of a condition that does not hold yet. */
export class NotYet {
  /** @param why what is missing; a function is called only when the wait has ended without success */
  constructor(readonly why: string | (() => string | Promise<string>)) {}
}

/** The answer of a condition that does not hold yet. @param why what is missing; a function is called only when the wait has ended without success */
export const notYet = (why: NotYet["why"]): NotYet => new NotYet(why);

/** What a wait can be for. `false` is not among it: one caller would take it for "not yet", and another for an answer. */
type Found = (object & { readonly then?: never }) | string | number | bigint | true;

/** The answer of a condition: what was found, or that it does not hold yet. */
type Answer<T> = T | NotYet | undefined;

/** A wait has ended without success: the time is over, or it was interrupted. Its `cause` is the error of the last look, if that failed. */
export class GaveUp extends Error {
  /**
   * @param why what was missing at the last look; empty when the condition did not say
   * @param interrupted whether the wait was interrupted before its time was over
   */
  constructor(
    message: string,
    readonly why: string,
    readonly interrupted = false,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** Milliseconds between two looks, unless the caller says otherwise. */
const INTERVAL_MS = 500;

/** The longest time of a timer of Node.js; a longer one would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Looks again and again until a condition holds.
 *
 * @param condition returns `undefined` or {@link notYet} while it does not hold
 * @returns what the condition returned
 * @throws {@link GaveUp} when the time is over or the signal is aborted, with what was missing last; and the condition's own error, unless `despite` lets the wait go on
 */
export async function until<T extends Found>(
  condition: () => Answer<T> | Promise<Answer<T>>,
  { what, timeout, interval = INTERVAL_MS, signal, despite = () => false, late }: Wait,
): Promise<T> {
  // A timer counts on through changes of the clock.
  let over = timeout <= 0;
  const limit =
    timeout > 0 && timeout <= LONGEST_MS
      ? setTimeout(() => {
          over = true;
        }, timeout)
      : undefined;
  try {
    for (;;) {
      let missing: NotYet;
      let cause: unknown;
      try {
        const found = await condition();
        if (found instanceof NotYet) missing = found;
        else if (found === undefined) missing = notYet("");
        else return found;
      } catch (error) {
        if (!despite(error)) throw error;
        cause = error;
        missing = notYet(error instanceof Error ? error.message : String(error));
      }
      const interrupted = signal?.aborted === true;
      if (interrupted || over) {
        const why = typeof missing.why === "string" ? missing.why : await missing.why();
        const how = interrupted ? "Interrupted while" : `Gave up after ${timeout / 1000} s of`;
        const text = `${how} waiting until ${what}${why === "" ? "" : `: ${why}`}`;
        throw new GaveUp(interrupted || late === undefined ? text : await late(why), why, interrupted, cause);
      }
      await pause(interval, signal);
    }
  } finally {
    clearTimeout(limit);
  }
}

/** Pauses. Aborting the signal ends it early, without an error. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
  });
}
