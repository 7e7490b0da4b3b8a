import { GaveUp } from "./until";

/**
 * Waits for an answer, but not longer than this. The work behind the promise goes on; its later end is ignored.
 *
 * @param milliseconds the limit
 * @param what what is missing then, such as "no answer": the error is "no answer within 10 s"
 * @throws {@link GaveUp} when the time is over, else what the promise is rejected with
 */
export async function within<T>(promise: Promise<T>, milliseconds: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new GaveUp(`${what} within ${milliseconds / 1000} s`, what));
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
