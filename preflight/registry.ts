import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import type { PlainConfig, Problem } from "../config";

/** Runs docker with arguments and returns its output. @throws an error with docker's own words */
export type Docker = (args: readonly string[], env: Readonly<Record<string, string>>) => Promise<string>;

/** An image that no registry has: the answer that it does not exist shows that docker reaches the registry. */
const NOWHERE = "kafka-stack-preflight:none";

/** Docker's messages when a registry answered that it has no such image. A missing host, page or program is no such answer. */
const ANSWERED = /manifest unknown|name unknown|repository does not exist|no such image|preflight:none"?:? not found/i;
const ASKS_WHO = /unauthorized|authentication required|denied|no basic auth/i;

/** The architecture that docker builds images for, such as `amd64`, or why it cannot build. */
export async function builderOf(docker: Docker): Promise<{ builds: string } | Problem> {
  try {
    return { builds: await docker(["version", "--format", "{{.Server.Arch}}"], {}) };
  } catch (error) {
    return { path: "images", message: `cannot be built, because docker does not answer: ${line(error)}` };
  }
}

/**
 * Lets docker contact the registry, because the daemon must reach it and may run on another machine.
 *
 * Skips the stack's own registry until that runs.
 *
 * @param running whether the stack's own registry runs.
 */
export async function checkRegistry({ registry }: PlainConfig, running: boolean, docker: Docker): Promise<Problem[]> {
  const problem = (path: string, message: string): Problem[] => [{ path, message }];
  const home = mkdtempSync(join(tmpdir(), "preflight-"));
  try {
    // A temporary docker config, so that no login of the user is used or changed.
    writeFileSync(join(home, "config.json"), JSON.stringify(loginFor(registry)), { mode: 0o600 });
    const ask = (...args: string[]) => docker(args, { DOCKER_CONFIG: home });
    if (!registry.external && !running) return [];
    const answer = await ask("pull", `${registry.pushAddress}/${NOWHERE}`).then(() => "no such image", line);
    if (ASKS_WHO.test(answer)) {
      const who =
        registry.username === undefined
          ? "asks for a user name and a password"
          : `does not let ${registry.username} in`;
      return problem("registry.username", `the registry ${registry.pushAddress} ${who}: ${answer}`);
    }
    return ANSWERED.test(answer)
      ? []
      : problem("registry.pushAddress", `docker does not reach the registry ${registry.pushAddress}: ${answer}`);
  } finally {
    rmSync(home, { recursive: true });
  }
}

function loginFor({ pushAddress, username, password }: PlainConfig["registry"]): object {
  if (username === undefined || password === undefined) return {};
  const host = pushAddress.replace(/\/.*$/, "");
  return { auths: { [host]: { auth: Buffer.from(`${username}:${password}`).toString("base64") } } };
}

/** Whether the configured authority signed the registry's certificate. No finding without an authority. */
export async function checkAuthority({ registry }: PlainConfig): Promise<Problem[]> {
  const { ca, pushAddress } = registry;
  if (ca === undefined) return [];
  const [host = "", port = "443"] = pushAddress.replace(/\/.*$/, "").split(":");
  const refusal = await new Promise<string | undefined>((resolve) => {
    const socket = connect({ host, port: Number(port), ca, servername: host, timeout: 10_000 }, () => {
      resolve(undefined);
      socket.end();
    });
    socket.on("error", (error: Error) => {
      resolve(error.message);
    });
    socket.on("timeout", () => {
      resolve("no answer within 10 s");
      socket.destroy();
    });
  });
  return refusal === undefined
    ? []
    : [{ path: "registry.ca", message: `did not sign the certificate of ${pushAddress}: ${refusal}` }];
}

/** The last line of docker's output: the error, after what docker tried. */
const line = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .trim()
    .split("\n")
    .at(-1)
    ?.replace(/^Error response from daemon: /, "") ?? "";
