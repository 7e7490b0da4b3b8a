import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Paths } from "../paths";
import { hostAddress } from "../plan";

/** Name of the administrator's kubeconfig context. */
export const contextName = "sandbox";

/** Where the API server answers; its certificate is signed by the sandbox's own authority. */
export const apiServer = `https://${hostAddress}:6443`;

/**
 * Renders a self-contained kubeconfig.
 *
 * @param certificate - base name of the user's certificate and key
 */
export function renderKubeconfig(paths: Paths, certificate: string): string {
  const encoded = (file: string) => readFileSync(join(paths.pki, file)).toString("base64");
  return stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name: contextName, cluster: { server: apiServer, "certificate-authority-data": encoded("ca.crt") } },
      ],
      users: [
        {
          name: certificate,
          user: {
            "client-certificate-data": encoded(`${certificate}.crt`),
            "client-key-data": encoded(`${certificate}.key`),
          },
        },
      ],
      contexts: [{ name: contextName, context: { cluster: contextName, user: certificate } }],
      "current-context": contextName,
    },
    { lineWidth: 0 },
  );
}
