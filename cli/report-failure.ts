import { apiMessage, statusOf } from "../components/kubernetes/api-error";

/**
 * Tells a person why a command failed, on standard error, and ends the process: work that ran beside the failed step may otherwise go on for ever.
 *
 * @param code the exit code, unless the command has set one already, as after an interruption
 */
export function reportFailure(error: unknown, code = 1): never {
  process.stderr.write(`error: ${reasonOf(error)}\n`);
  process.exit(process.exitCode ?? code);
}

/** Why a command failed, in words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The message of an API server's refusal is a page of headers; its own words are in the body.
  const message = statusOf(error) === undefined ? error.message : apiMessage(error);
  return /API server .* cannot be reached/.test(message)
    ? `${message} (the sandbox starts with: npm run sandbox -- up)`
    : message;
}
