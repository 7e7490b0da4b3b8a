/** The HTTP status of a failed request; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "number" ? code : undefined;
}

/**
 * Whether the API server says that the object does not exist. A 404 without its words comes from something in between, such as a proxy or load
 * balancer that cannot reach the API server, and says nothing about the object.
 */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404 && statusIn((error as { body?: unknown }).body)?.kind === "Status";
}

/** Kubernetes' own answer in a response's body; undefined when the body is somebody else's. */
function statusIn(body: unknown): { readonly kind?: string; readonly message?: string } | undefined {
  try {
    const parsed: unknown = typeof body === "string" ? JSON.parse(body) : body;
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Why a request failed, in one line: the API server's message, if there is one. */
export function apiMessage(error: unknown): string {
  const {
    body,
    cause,
    message = String(error),
  } = error as { body?: unknown; cause?: { message?: string }; message?: string };
  const said = statusIn(body)?.message;
  if (said !== undefined) return said;
  // A request without an answer has its reason in the cause; with an answer, the message already contains it.
  const why = cause === undefined || statusOf(cause) !== undefined ? message : (cause.message ?? message);
  return why.split("\n")[0] ?? "";
}
