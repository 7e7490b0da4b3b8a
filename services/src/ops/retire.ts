/** Port of a server's health endpoint. */
const HEALTH_PORT = 8080;
const ANSWER_MS = 3_000;

/** A controller's own state: whether it has stopped rejoining the quorum by itself, and whether it follows a leader. */
export interface ControllerState {
  readonly retired: boolean;
  readonly follows: boolean;
}

/** Asks a controller's health endpoint; undefined when it does not answer, or cannot retire. */
export async function controllerState(host: string): Promise<ControllerState | undefined> {
  const report = await ask(host, "/quorum");
  const retired = /^retired=(true|false)$/m.exec(report ?? "")?.[1];
  return retired === undefined
    ? undefined
    : { retired: retired === "true", follows: !/^leader=-1$/m.test(report ?? "") };
}

/** Tells a controller to restart and not to become a voter by itself. */
export async function retire(host: string): Promise<void> {
  await ask(host, "/retire", "POST");
}

/** Tells a retired controller to restart and to become a voter by itself again. */
export async function unretire(host: string): Promise<void> {
  await ask(host, "/return", "POST");
}

/**
 * Derives a server's name from another's: the names of a pool's servers end in ordinals, as in `controller-3.controller.kafka.svc`, in the order of
 * their ids.
 *
 * @returns undefined when the name has no ordinal.
 */
export function hostOf(id: number, other: { readonly id: number; readonly host: string }): string | undefined {
  const [, pool, ordinal, domain] = /^([^.]*-)(\d+)(\..*)?$/.exec(other.host) ?? [];
  if (pool === undefined) return undefined;
  return `${pool}${Number(ordinal) + id - other.id}${domain ?? ""}`;
}

async function ask(host: string, path: string, method: "GET" | "POST" = "GET"): Promise<string | undefined> {
  try {
    const url = `http://${host}:${HEALTH_PORT}${path}`;
    const response = await fetch(url, { method, signal: AbortSignal.timeout(ANSWER_MS) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
