/** The HTTP status of a failed request; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "number" ? code : undefined;
}

/** Why a request failed, in one line: what the API server says of it, where it says something. */
export function apiMessage(error: unknown): string {
  const {
    body,
    cause,
    message = String(error),
  } = error as { body?: unknown; cause?: { message?: string }; message?: string };
  try {
    const status = (typeof body === "string" ? JSON.parse(body) : body) as { message?: string } | undefined;
    if (status?.message !== undefined) return status.message;
  } catch {
    // Not every answer is one of Kubernetes' own.
  }
  return (cause?.message ?? message).split("\n")[0] ?? "";
}
