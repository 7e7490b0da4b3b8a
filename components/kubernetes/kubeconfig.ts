import type { KubeConfig } from "@kubernetes/client-node";
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import type { ClusterAccess } from "./cluster-access";

/** An entry of one of a kubeconfig's lists: what is in it lies under the singular of the list's name. */
interface Entry {
  readonly name: string;
  readonly [key: string]: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** A kubeconfig as a file has it. */
interface Document {
  readonly clusters: readonly Entry[];
  readonly users: readonly Entry[];
  readonly contexts: readonly Entry[];
  readonly currentContext?: string;
}

const LISTS = { clusters: "cluster", users: "user", contexts: "context" } as const;

/** Where a service account's token is in a pod. */
const TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** Keys of clusters and users whose values are paths of files. */
const PATHS = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/**
 * Loads the kubeconfig that an access names, by the rules of kubectl and of Pulumi's provider, so that all that work on a stack work on the same cluster:
 *
 * - `kubeconfig` is the path of one file, in which `~/` is the home directory, or the content of one.
 * - Without it the files that `KUBECONFIG` lists are merged: those that are missing are skipped, and the first that has a name or a current context is heeded. Without that
 *   variable it is `~/.kube/config`, and in a pod without one the pod's service account.
 * - Paths inside a file are relative to the file.
 *
 * @param config what is filled: its class is part of a library that not every process loads.
 * @throws when there is no kubeconfig, it cannot be read, or it lacks what its context names, with what to do.
 */
export async function loadKubeconfig(
  config: KubeConfig,
  access: ClusterAccess,
  env: NodeJS.ProcessEnv = process.env,
): Promise<KubeConfig> {
  const { parse } = await import("yaml");
  return readKubeconfig(config, access, env, parse);
}

/** What a provider of Pulumi can name beside the access to a cluster. */
interface ProviderAccess extends ClusterAccess {
  /** The kubeconfig's cluster instead of the context's. @default the context's */
  readonly cluster?: string | undefined;
}

/** The same for who has loaded a parser of YAML already. @throws as {@link loadKubeconfig} does */
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
  // One that is of no use stands in nobody's way but who asks for it.
  const lenient = { onInvalidEntry: "filter" } as Parameters<KubeConfig["loadFromString"]>[1];
  config.loadFromString(JSON.stringify({ ...merged, users, "current-context": chosen.context }), lenient);
  if (config.getCurrentCluster() === null) {
    throw new Error(`The cluster of the context ${chosen.context} has no server in ${source.name}.`);
  }
  return config;
}

/** There is no file that could be read. */
export class NoKubeconfig extends Error {}

/** Whether a `kubeconfig` is the content of one and not a path. Contents hold credentials. */
export const isContent = (kubeconfig: string): boolean => /[\n{]/.test(kubeconfig) && !existsSync(expand(kubeconfig));

/** What is read. */
interface Source {
  /** Names the source in errors. */
  readonly name: string;
  /** Whether the access names it: then Pulumi's provider reads the text alone, and does not know where the file is. */
  readonly isGiven: boolean;
  readonly texts: readonly { readonly text: string; readonly from: string; readonly folder?: string }[];
}

/** @returns undefined for the service account of the pod that this runs in */
function sourceOf({ kubeconfig, context }: ClusterAccess, env: NodeJS.ProcessEnv): Source | undefined {
  // None and an empty one are the same, as to Pulumi's provider.
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
  // An empty file is an empty kubeconfig, as of a tool that has not written it yet.
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

/** The first that has a name has it. */
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

/** Every context with another cluster, if one is named. */
function withCluster(document: Document, cluster: string | undefined): Document {
  if (cluster === undefined) return document;
  const contexts = document.contexts.map((entry) => ({ ...entry, context: { ...fields(entry["context"]), cluster } }));
  return { ...document, contexts };
}

/** The context that counts, with what it names. */
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

/** Values of an entry that are paths relative to the file; a command without a folder is looked for in PATH. */
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

/** Pulumi's provider takes paths in a file that it is named as relative to where it runs. */
function refuseRelative(asWritten: Document, { context }: Chosen, file: string): void {
  const { cluster, user } = chosenOf(asWritten, context, file);
  const [key, path] = [...relativePaths(cluster), ...relativePaths(user)][0] ?? [];
  if (key === undefined) return;
  throw new Error(
    `${file} names ${key} ${path ?? ""} relative to itself, which Pulumi's Kubernetes provider cannot follow: make the path absolute, or leave cluster.kubeconfig out and set KUBECONFIG=${file}.`,
  );
}

/** The library reads tokens from files under another name, and again when they have changed. */
function tokenRead(user: Fields): Fields {
  const { tokenFile } = user;
  if (typeof tokenFile !== "string" || tokenFile === "") return user;
  return { ...user, token: undefined, "auth-provider": { name: "tokenFile", config: { tokenFile } } };
}
