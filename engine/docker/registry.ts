/** Asks a registry whether it still has an image. */
import * as http from "node:http";
import * as https from "node:https";

/** The account at the registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const MANIFEST_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const ANSWER_MS = 5_000;

/**
 * Whether the registry says that it lacks the image. False when the registry cannot be asked.
 *
 * @param digest `localhost:31500/kafka@sha256:…`
 */
export async function isMissing(digest: string, credentials: Credentials | undefined): Promise<boolean> {
  const match = /^([^/]+)\/(.+)@(sha256:[0-9a-f]+)$/.exec(digest);
  const [, host = "", repository = "", hash = ""] = match ?? [];
  // A name without a host is on Docker Hub, which needs a token. Nobody deletes images there.
  if (!/[.:]|^localhost$/.test(host)) {
    return false;
  }
  // Docker's own rule for registries without TLS.
  const plain = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
  return (await head(`${plain ? "http" : "https"}://${host}/v2/${repository}/manifests/${hash}`, credentials)) === 404;
}

function head(url: string, credentials: Credentials | undefined): Promise<number> {
  return new Promise((resolve) => {
    const options = {
      method: "HEAD",
      timeout: ANSWER_MS,
      headers: { accept: MANIFEST_TYPES },
      ...(credentials !== undefined && { auth: `${credentials.username}:${credentials.password}` }),
    };
    const request = (url.startsWith("http:") ? http : https).request(url, options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", () => {
      resolve(0);
    });
    request.end();
  });
}
