/** Port of a server's health endpoint. */
const HEALTH_PORT = 8080;
const ANSWER_MS = 3_000;

/** How far a controller is on its way out: `done` takes no vote by itself any more; `absent` does not answer, or cannot retire. */
export type Retirement = "working" | "done" | "absent";

/** Asks a controller's health endpoint whether it has retired. */
export async function retirementOf(host: string): Promise<Retirement> {
  const report = await ask(host, "/quorum");
  const retired = /^retired=(true|false)$/m.exec(report ?? "")?.[1];
  if (retired === undefined) return "absent";
  // Until it follows a leader again, it is one that the quorum would have to do without.
  return retired === "true" && !/^leader=-1$/m.test(report ?? "") ? "done" : "working";
}

/** Tells a controller to start again as one that takes no vote by itself. */
export async function retire(host: string): Promise<void> {
  await ask(host, "/retire");
}

async function ask(host: string, path: string): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${host}:${HEALTH_PORT}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
