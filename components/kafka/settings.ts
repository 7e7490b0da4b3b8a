import { createHash } from "node:crypto";
import { AUTHORIZER } from "../certificates/authorizer";
import { TLS_DIRECTORY } from "../certificates/tls-files";
import { dynamicOf, isDynamic } from "./dynamic-settings";

/** Broker settings under Kafka's own names. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** Value of a Kafka setting. */
export type SettingValue = Settings[string];

export { KAFKA_PORTS as PORTS } from "../kubernetes/ports";

/** Names of the listeners of a cluster's servers. */
export const LISTENERS = ["CLIENT", "INTERNAL", "EXTERNAL", "CONTROLLER"] as const;

/** Listeners that can take passwords: one for clients in the cluster, which only clusters with such users have, and the one for clients outside. */
export type PasswordListener = "SCRAM" | "EXTERNAL";

/** The listeners of a cluster that take passwords. */
export const passwordListeners = (
  passwords: boolean,
  external: { readonly authentication?: string | undefined } | undefined,
): readonly PasswordListener[] => [
  ...(passwords ? (["SCRAM"] as const) : []),
  ...(external?.authentication === "scram-sha-512" ? (["EXTERNAL"] as const) : []),
];

/** How clients and servers authenticate: `none`, or by certificates of the stack's own authority, over TLS. */
export type Authentication = "none" | "tls";

/** Where the cluster keeps its metadata. */
export type Metadata =
  | { readonly mode: "kraft" }
  | { readonly mode: "zookeeper"; /** Addresses of the ensemble's servers. */ readonly connect: string };

/** Where a cluster keeps its metadata, by the address of its ensemble. */
export const metadataOf = (zookeeperConnect: string | undefined): Metadata =>
  zookeeperConnect === undefined ? { mode: "kraft" } : { mode: "zookeeper", connect: zookeeperConnect };

/** The part of `server.properties` that all servers of a cluster share. */
export interface ServerProperties {
  /** The file. */
  readonly text: string;
  /** A hash of the settings that only a restart applies: pods carry it, so that they roll when it changes. */
  readonly restartHash: string;
  /** These settings, as in the file. */
  readonly restartSettings: Readonly<Record<string, string>>;
  /** The settings that Kafka accepts at run time, for the whole cluster. */
  readonly dynamic: Settings;
}

/** For every listener, including those between servers: clients need a certificate and the rights for what they do, and a server must have its own name in its certificate. */
const TLS: Settings = {
  "ssl.client.auth": "required",
  "ssl.enabled.protocols": "TLSv1.3,TLSv1.2",
  "ssl.endpoint.identification.algorithm": "https",
  "ssl.engine.factory.class": "kafkastack.ReloadingSslEngineFactory",
  // The factory reads a directory.
  "ssl.keystore.location": TLS_DIRECTORY,
  ...AUTHORIZER,
};

/**
 * Settings of a listener for passwords. Kafka asks all clients of a listener for the same: a client without a certificate needs another one than servers and those with. A
 * login is a user and which of its passwords (kafkastack.PasswordPrincipalBuilder).
 */
const passwordsAt = (listener: PasswordListener): Settings => {
  const prefix = `listener.name.${listener.toLowerCase()}`;
  return {
    [`${prefix}.principal.builder.class`]: "kafkastack.PasswordPrincipalBuilder",
    [`${prefix}.sasl.enabled.mechanisms`]: "SCRAM-SHA-512",
    [`${prefix}.scram-sha-512.sasl.jaas.config`]: "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    [`${prefix}.ssl.client.auth`]: "none",
  };
};

/** Settings that describe the stack's layout of the cluster. */
function layout(metadata: Metadata, authentication: Authentication, passwords: readonly PasswordListener[]): Settings {
  const protocol = authentication === "tls" ? "SSL" : "PLAINTEXT";
  const listens = [...LISTENERS, ...passwords.filter((name) => name === "SCRAM")];
  const protocols = listens.map((name) => `${name}:${passwords.some((one) => one === name) ? "SASL_SSL" : protocol}`);
  const listeners = {
    "inter.broker.listener.name": "INTERNAL",
    "listener.security.protocol.map": protocols.join(","),
    ...(authentication === "tls" && TLS),
    ...Object.fromEntries(passwords.flatMap((name) => Object.entries(passwordsAt(name)))),
  };
  if (metadata.mode === "zookeeper") return { ...listeners, "zookeeper.connect": metadata.connect };
  return { ...listeners, "controller.listener.names": "CONTROLLER" };
}

/**
 * Renders the settings of a cluster, sorted, so that their order in the stack file never restarts a broker.
 *
 * @param passwords the listeners that take passwords
 */
export function serverProperties(
  metadata: Metadata,
  settings: Settings,
  authentication: Authentication = "none",
  passwords: readonly PasswordListener[] = [],
): ServerProperties {
  const all = Object.entries({ ...settings, ...layout(metadata, authentication, passwords) })
    .map(([key, value]) => [key, String(value)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const fixed = all.filter(([key]) => !isDynamic(key));
  const lines = (entries: typeof all) => entries.map(([key, value]) => `${key}=${escape(value)}\n`).join("");
  return {
    text: lines(all),
    restartHash: createHash("sha256").update(lines(fixed)).digest("hex").slice(0, 16),
    restartSettings: Object.fromEntries(fixed),
    dynamic: dynamicOf(settings),
  };
}

/** Escapes for java.util.Properties, which reads bytes as Latin-1, skips blanks before a value, and takes other characters by number. */
const escape = (value: string): string =>
  value
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replace(/^[ \t\f]/, "\\$&")
    .replaceAll(/[^\t\f -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
