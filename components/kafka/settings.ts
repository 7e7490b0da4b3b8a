import { createHash } from "node:crypto";
import { AUTHORIZER } from "../certificates/authorizer";
import { TLS_DIRECTORY } from "../certificates/tls-files";
import { dynamicOf, isDynamic } from "./dynamic-settings";

/** Broker settings under Kafka's own names. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** Value of a Kafka setting. */
export type SettingValue = Settings[string];

/** Ports of a Kafka server. */
export const PORTS = { client: 9092, controller: 9093, external: 9094, internal: 9095, health: 8080 } as const;

/** Names of the listeners of a cluster's servers. */
export const LISTENERS = ["CLIENT", "INTERNAL", "EXTERNAL", "CONTROLLER"] as const;

/** By what clients and servers know each other: `none`, or certificates of the stack's own authority, over TLS. */
export type Authentication = "none" | "tls";

/** How the cluster keeps its metadata. */
export type Metadata =
  { readonly mode: "kraft" } | { readonly mode: "zookeeper"; /** Servers of the ensemble. */ readonly connect: string };

/** How a cluster keeps its metadata, by the address of its ensemble. */
export const metadataOf = (zookeeperConnect: string | undefined): Metadata =>
  zookeeperConnect === undefined ? { mode: "kraft" } : { mode: "zookeeper", connect: zookeeperConnect };

/** The part of `server.properties` that all servers of a cluster share. */
export interface ServerProperties {
  /** The file. */
  readonly text: string;
  /** A hash over the settings that only a restart applies: pods carry it, and roll when it changes. */
  readonly restartHash: string;
  /** The settings that Kafka takes at run time, for the whole cluster. */
  readonly dynamic: Settings;
}

/** On every listener, also those between servers: nobody is let in without a certificate, or may do what it is not allowed; a server is believed only under its own name. */
const TLS: Settings = {
  "ssl.client.auth": "required",
  "ssl.enabled.protocols": "TLSv1.3,TLSv1.2",
  "ssl.endpoint.identification.algorithm": "https",
  "ssl.engine.factory.class": "kafkastack.ReloadingSslEngineFactory",
  // The factory takes a directory.
  "ssl.keystore.location": TLS_DIRECTORY,
  ...AUTHORIZER,
};

/** Settings that follow from how the stack lays the cluster out. */
function layout(metadata: Metadata, authentication: Authentication): Settings {
  const protocol = authentication === "tls" ? "SSL" : "PLAINTEXT";
  const listeners = {
    "inter.broker.listener.name": "INTERNAL",
    "listener.security.protocol.map": LISTENERS.map((name) => `${name}:${protocol}`).join(","),
    ...(authentication === "tls" && TLS),
  };
  if (metadata.mode === "zookeeper") return { ...listeners, "zookeeper.connect": metadata.connect };
  return { ...listeners, "controller.listener.names": "CONTROLLER" };
}

/** Renders the settings of a cluster, sorted, so that their order in the stack file never restarts a broker. */
export function serverProperties(
  metadata: Metadata,
  settings: Settings,
  authentication: Authentication = "none",
): ServerProperties {
  const all = { ...settings, ...layout(metadata, authentication) };
  const lines = (keep: (key: string) => boolean) =>
    Object.keys(all)
      .filter(keep)
      .sort()
      .map((key) => `${key}=${escape(String(all[key]))}\n`)
      .join("");
  const fixed = lines((key) => !isDynamic(key));
  return {
    text: lines(() => true),
    restartHash: createHash("sha256").update(fixed).digest("hex").slice(0, 16),
    dynamic: dynamicOf(settings),
  };
}

/** As java.util.Properties reads it from bytes, which it takes for Latin-1: it skips blanks before a value, and knows other characters by their number. */
const escape = (value: string): string =>
  value
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replace(/^[ \t\f]/, "\\$&")
    .replaceAll(/[^\t\f -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
