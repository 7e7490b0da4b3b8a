import type { KubeConfig } from "@kubernetes/client-node";
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import type { ClusterAccess } from "./cluster-access";

/** An entry of one of a kubeconfig's lists; its content is under the singular of the list's name. */
interface Entry {
  readonly name: string;
  readonly [key: string]: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** A kubeconfig file's content. */
interface Document {
  readonly clusters: readonly Entry[];
  readonly users: readonly Entry[];
  readonly contexts: readonly Entry[];
  readonly currentContext?: string;
}

const LISTS = { clusters: "cluster", users: "user", contexts: "context" } as const;

/** The service account's token in a pod. */
const TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** Keys of clusters and users whose values are file paths. */
const PATHS = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/**
 * Loads a kubeconfig by the rules of kubectl and of Pulumi's provider, so that everything that works on a stack reaches the same cluster:
 *
 * - `kubeconfig` is the path of one file, in which `~/` is the home directory, or the content of one.
 * - Without it the files that `KUBECONFIG` lists are merged: missing ones are skipped, and the first that has a name or a current context wins.
 *   Without that
 *   variable it is `~/.kube/config`, and in a pod without one the pod's service account.
 * - Paths inside a file are relative to the file.
 *
 * @param config filled by this function; its class belongs to a library that not every process loads.
 * @throws when the kubeconfig does not exist, cannot be read, or lacks what its context names, with what to do.
 */
export async function loadKubeconfig(
  config: KubeConfig,
  access: ClusterAccess,
  env: NodeJS.ProcessEnv = process.env,
): Promise<KubeConfig> {
  const { parse } = await import("yaml");
  return readKubeconfig(config, access, env, parse);
}

/** A provider's access to a cluster, with one more option. */
interface ProviderAccess extends ClusterAccess {
  /** A cluster of the kubeconfig, instead of the context's. @default the context's */
  readonly cluster?: string | undefined;
}

/** The same for callers that have already loaded a YAML parser. @throws as {@link loadKubeconfig} does */
export function readKubeconfig(
  config: KubeConfig,
  access: ProviderAccess,
  env: NodeJS.ProcessEnv,
  parse: (text: string) => unknown,
): KubeConfig {
  const source = sourceOf(access, env);
  if (source === undefined) {
    config.loadFromCluster();
    return config;
  }
  const documents = source.texts.map(({ text, from }) =>
    documentOf(
      from,
      read(from, () => parse(text)),
    ),
  );
  const merged = withCluster(
    merge(documents.map((document, index) => absolute(document, source.texts[index]?.folder))),
    access.cluster,
  );
  const chosen = chosenOf(merged, access.context, source.name);
  if (source.isGiven) refuseRelative(withCluster(merge(documents), access.cluster), chosen, source.name);
  const users = merged.users.map((entry) => ({ ...entry, user: tokenRead(fields(entry["user"])) }));
  // An unusable entry matters only to those who choose it.
  const lenient = { onInvalidEntry: "filter" } as Parameters<KubeConfig["loadFromString"]>[1];
  config.loadFromString(JSON.stringify({ ...merged, users, "current-context": chosen.context }), lenient);
  if (config.getCurrentCluster() === null) {
    throw new Error(`The cluster of the context ${chosen.context} has no server in ${source.name}.`);
  }
  return config;
}

/** There is no file that could be read. */
export class NoKubeconfig extends Error {}

/** Whether `kubeconfig` is content and not a path. Content includes credentials. */
export const isContent = (kubeconfig: string): boolean => /[\n{]/.test(kubeconfig) && !existsSync(expand(kubeconfig));

/** A kubeconfig's source. */
interface Source {
  /** Names the source in errors. */
  readonly name: string;
  /** Whether the access names it. Pulumi's provider then reads only the text, and does not know the file's folder. */
  readonly isGiven: boolean;
  readonly texts: readonly { readonly text: string; readonly from: string; readonly folder?: string }[];
}

/** @returns undefined for the service account of the current pod */
function sourceOf({ kubeconfig, context }: ClusterAccess, env: NodeJS.ProcessEnv): Source | undefined {
  // Pulumi's provider treats an empty one as none, too.
  if (kubeconfig !== undefined && kubeconfig !== "") {
    if (isContent(kubeconfig)) {
      const name = "the content of cluster.kubeconfig";
      return { name, isGiven: false, texts: [{ text: kubeconfig, from: name }] };
    }
    const file = expand(kubeconfig);
    if (!existsSync(file)) throw new NoKubeconfig(noSuchFile(kubeconfig));
    return { name: file, isGiven: true, texts: [fileText(file)] };
  }
  const listed = env["KUBECONFIG"] ?? "";
  const files = listed === "" ? [join(homedir(), ".kube", "config")] : listed.split(delimiter).filter(Boolean);
  const there = files.filter((file) => existsSync(file));
  if (there.length > 0) return { name: there.join(" and "), isGiven: false, texts: there.map(fileText) };
  if (context === undefined && env["KUBERNETES_SERVICE_HOST"] !== undefined && existsSync(TOKEN)) return undefined;
  const where = listed === "" ? "KUBECONFIG is not set" : "KUBECONFIG names nothing else";
  throw new NoKubeconfig(`There is no kubeconfig at ${files.join(" or ")}; ${where}. Name one by KUBECONFIG.`);
}

function noSuchFile(kubeconfig: string): string {
  const several = kubeconfig.includes(delimiter)
    ? "; cluster.kubeconfig names one file: leave it out and set KUBECONFIG to merge several"
    : "";
  return `There is no kubeconfig at ${kubeconfig}${several}.`;
}

const expand = (file: string): string => file.replace(/^~(?=\/|$)/, homedir());

function fileText(file: string): Source["texts"][number] {
  if (statSync(file).isDirectory()) throw new Error(`The kubeconfig ${file} is a folder.`);
  return { text: read(file, () => readFileSync(file, "utf8")), from: file, folder: dirname(resolve(file)) };
}

function read<Result>(from: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`The kubeconfig ${from} cannot be read: ${message.split("\n")[0] ?? ""}`, { cause: error });
  }
}

function documentOf(from: string, parsed: unknown): Document {
  // An empty file is an empty kubeconfig, for example of a tool that has not written it yet.
  const content: unknown = parsed ?? {};
  if (typeof content !== "object" || Array.isArray(content)) {
    throw new Error(`${from} is no kubeconfig: it is not a map with clusters, users and contexts.`);
  }
  const current = (content as Fields)["current-context"];
  const list = (name: keyof typeof LISTS) => entriesOf(from, name, (content as Fields)[name]);
  return {
    clusters: list("clusters"),
    users: list("users"),
    contexts: list("contexts"),
    ...(typeof current === "string" && current !== "" && { currentContext: current }),
  };
}

function entriesOf(from: string, name: keyof typeof LISTS, list: unknown): Entry[] {
  const entries = (Array.isArray(list) ? (list as unknown[]) : []).filter(
    (entry): entry is Entry => typeof fields(entry)["name"] === "string",
  );
  const twice = entries.find((entry, index) => entries.findIndex((other) => other.name === entry.name) < index);
  if (twice) throw new Error(`The kubeconfig ${from} has two ${name} of the name ${twice.name}.`);
  return entries;
}

const fields = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});

/** The first entry with a name wins. */
function merge(documents: readonly Document[]): Document {
  const all = (name: keyof typeof LISTS): Entry[] =>
    [
      ...new Map(
        documents.flatMap((document) => document[name].map((entry) => [entry.name, entry] as const)).reverse(),
      ),
    ].map(([, entry]) => entry);
  const current = documents.find(({ currentContext }) => currentContext !== undefined)?.currentContext;
  return {
    clusters: all("clusters").reverse(),
    users: all("users").reverse(),
    contexts: all("contexts").reverse(),
    ...(current !== undefined && { currentContext: current }),
  };
}

/** All contexts, with another cluster if one is named. */
function withCluster(document: Document, cluster: string | undefined): Document {
  if (cluster === undefined) return document;
  const contexts = document.contexts.map((entry) => ({ ...entry, context: { ...fields(entry["context"]), cluster } }));
  return { ...document, contexts };
}

/** The chosen context, with its entries. */
interface Chosen {
  readonly context: string;
  readonly cluster: Fields;
  readonly user: Fields;
}

function chosenOf(merged: Document, wanted: string | undefined, source: string): Chosen {
  const context = wanted ?? merged.currentContext;
  const known = merged.contexts.map(({ name }) => name).join(", ") || "none";
  if (context === undefined) {
    throw new Error(`${source} has no current context: set cluster.context; contexts are ${known}.`);
  }
  const found = merged.contexts.find(({ name }) => name === context);
  if (!found) throw new Error(`The kubeconfig has no context ${context}; ${source} has ${known}.`);
  const { cluster, user } = fields(found["context"]);
  const entry = (list: "clusters" | "users", name: unknown) => {
    const there = merged[list].find((one) => one.name === name);
    if (there) return fields(there[LISTS[list]]);
    throw new Error(`The context ${context} names the ${LISTS[list]} ${String(name)}, which ${source} does not have.`);
  };
  const anonymous = user === undefined || user === null || user === "";
  return { context, cluster: entry("clusters", cluster), user: anonymous ? {} : entry("users", user) };
}

/** Values of an entry that are paths relative to the file; a command without a folder is looked up in PATH. */
function relativePaths(entry: Fields): [string, string][] {
  const { command } = fields(entry["exec"]);
  const paths = PATHS.map((key) => [key, entry[key]] as const);
  return [
    ...paths,
    ["exec.command", typeof command === "string" && command.includes("/") ? command : ""] as const,
  ].filter((each): each is [string, string] => typeof each[1] === "string" && each[1] !== "" && !isAbsolute(each[1]));
}

function absolute(document: Document, folder: string | undefined): Document {
  const resolved = (list: "clusters" | "users") =>
    document[list].map((entry) => {
      const within = fields(entry[LISTS[list]]);
      const found = Object.fromEntries(
        relativePaths(within).map(([key, path]) => [key, resolve(folder ?? process.cwd(), path)]),
      );
      const { "exec.command": command, ...paths } = found;
      const exec = command === undefined ? {} : { exec: { ...fields(within["exec"]), command } };
      return { ...entry, [LISTS[list]]: { ...within, ...paths, ...exec } };
    });
  return { ...document, clusters: resolved("clusters"), users: resolved("users") };
}

/** Pulumi's provider reads relative paths in a named file relative to its own working directory. */
function refuseRelative(asWritten: Document, { context }: Chosen, file: string): void {
  const { cluster, user } = chosenOf(asWritten, context, file);
  const [key, path] = [...relativePaths(cluster), ...relativePaths(user)][0] ?? [];
  if (key === undefined) return;
  throw new Error(
    `${file} names ${key} ${path ?? ""} relative to itself, which Pulumi's Kubernetes provider cannot follow: make the path absolute, or leave cluster.kubeconfig out and set KUBECONFIG=${file}.`,
  );
}

/** The library reads tokens from files under another name, and again after changes. */
function tokenRead(user: Fields): Fields {
  const { tokenFile } = user;
  if (typeof tokenFile !== "string" || tokenFile === "") return user;
  return { ...user, token: undefined, "auth-provider": { name: "tokenFile", config: { tokenFile } } };
}
