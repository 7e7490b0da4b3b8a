import type { ApiServer } from "./api-server.js";
import type { ServerWord } from "./decide.js";

/** The servers whose word counts. */
export interface Servers {
  readonly namespace: string;
  /** Names of their StatefulSets, each of which has a headless Service of its name. */
  readonly pools: readonly string[];
  /** Their health port. */
  readonly port: number;
}

/** A server: the name of its pod, and the address of its health port. */
export interface Server {
  readonly name: string;
  readonly url: string;
}

/** The read part of a StatefulSet. */
export interface StatefulSet {
  readonly message?: string;
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

/**
 * The servers that exist, or are to exist by what the StatefulSets say. One that is not there any more may still run, and one that is not there yet gets the files of its time.
 *
 * @throws when the API server does not say: no answer does not mean that there are none
 */
export async function serversOf(call: ApiServer<StatefulSet>, { namespace, pools, port }: Servers): Promise<Server[]> {
  const servers: Server[] = [];
  for (const pool of pools) {
    const { status, body } = await call("GET", `/apis/apps/v1/namespaces/${namespace}/statefulsets/${pool}`);
    if (status === 404) continue;
    if (status !== 200) throw new Error(`StatefulSet ${pool} cannot be read: ${body.message ?? status}`);
    const replicas = Math.max(body.spec?.replicas ?? 1, body.status?.replicas ?? 0);
    for (let ordinal = 0; ordinal < replicas; ordinal++) {
      const name = `${pool}-${ordinal}`;
      servers.push({ name, url: `http://${name}.${pool}.${namespace}.svc:${port}` });
    }
  }
  return servers;
}

/** Milliseconds for a server to answer. */
const PATIENCE_MS = 5_000;

/** Asks servers what their TLS uses. Who does not answer, or not in its own name, is silent. */
export function wordsOf(servers: readonly Server[]): Promise<ServerWord[]> {
  return Promise.all(
    servers.map(async ({ name, url }): Promise<ServerWord> => {
      try {
        const response = await fetch(`${url}/trust`, { signal: AbortSignal.timeout(PATIENCE_MS) });
        if (!response.ok) return { server: name, silent: `its health port answers ${response.status} to /trust` };
        return understand(name, await response.text());
      } catch (error) {
        const { message, cause } = error as Error;
        return { server: name, silent: cause instanceof Error ? cause.message : message };
      }
    }),
  );
}

/** Reads a server's answer. An address may belong to another server by now, so the answer has the name of its pod. */
export function understand(server: string, text: string): ServerWord {
  const values = new Map(
    text.split("\n").flatMap((line): [string, string][] => {
      const [, key = "", value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return key === "" ? [] : [[key, value]];
    }),
  );
  const [pod, trusts, issuers] = [values.get("pod"), values.get("trusts"), values.get("issuers")];
  if (trusts === undefined || issuers === undefined) return { server, silent: "its answer says nothing of it" };
  if (pod !== server) return { server, silent: `at its address is ${pod ?? "another server"}` };
  const list = (value: string) => value.split(",").filter((one) => one !== "");
  return { server, trusts: list(trusts), issuers: list(issuers) };
}
