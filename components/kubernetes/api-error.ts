/** The HTTP status of a failed request; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "number" ? code : undefined;
}

/**
 * Whether the API server says that there is no such thing. A 404 without its words is of something in between, such as a proxy or a load balancer whose API server is away, and says nothing of what
 * there is.
 */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404 && statusIn((error as { body?: unknown }).body)?.kind === "Status";
}

/** Kubernetes' own answer in the body of one; undefined when it is somebody else's. */
function statusIn(body: unknown): { readonly kind?: string; readonly message?: string } | undefined {
  try {
    const parsed: unknown = typeof body === "string" ? JSON.parse(body) : body;
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Why a request failed, in one line: what the API server says of it, where it says something. */
export function apiMessage(error: unknown): string {
  const {
    body,
    cause,
    message = String(error),
  } = error as { body?: unknown; cause?: { message?: string }; message?: string };
  const said = statusIn(body)?.message;
  if (said !== undefined) return said;
  // A request that had no answer says why in its cause; what somebody says of an answer is said already.
  const why = cause === undefined || statusOf(cause) !== undefined ? message : (cause.message ?? message);
  return why.split("\n")[0] ?? "";
}
