import { z } from "zod";
import { BOUNDS } from "../components/kubernetes/bounds";
import { DNS_SUBDOMAIN } from "../components/kubernetes/names";
import { isHost } from "../components/kubernetes/hosts";
import { SERVER_DEFAULTS, type ServerKind } from "../components/kubernetes/server-defaults";
import { DEFAULT_ACCESS_MODE, DEFAULT_MOUNT_OPTIONS, STORAGE_DEFAULTS } from "../components/storage/default-storage";
import { badMountOption, DIRECTORY, EXPORT, isOnDisk, MOUNT_OPTION, ON_DISK } from "../components/storage/forms";
import { integer, pattern, size } from "./values";

export type { ServerKind };

/** Default namespace of a stack. */
export const DEFAULT_NAMESPACE = "kafka";

/**
 * Default directory of a server's first volume on its node. Each namespace has its own, so that two stacks on one node do not collide. The default
 * namespace keeps the directory of versions without this rule.
 */
export const defaultPath = (kind: ServerKind, namespace: string): string =>
  `/data/kafka/${namespace === DEFAULT_NAMESPACE ? "" : `${namespace}/`}${kind}/{ordinal}`;

const HOST = "a host name or address";
const nfsHost = () => pattern(/^./, HOST).refine((host) => isHost(host.replace(/^\[(.*:.*)\]$/, "$1")), HOST);

const afterwards = (type: "hostPath" | "nfs" | "storageClass", what: string) =>
  z
    .enum(["retain", "delete"], type === "storageClass" ? "retain or delete" : `retain on ${type}`)
    .default(STORAGE_DEFAULTS.whenScaled)
    .describe(`What happens to the volumes ${what}: delete is for volumes of a StorageClass.`);

/** One mount option. */
const mountOption = () =>
  pattern(...MOUNT_OPTION).superRefine((option, context) => {
    const message = badMountOption(option);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const common = (kind: ServerKind, type: "hostPath" | "nfs" | "storageClass") => ({
  size: size()
    .default(SERVER_DEFAULTS[kind].size)
    .describe("Capacity of each volume. hostPath and nfs do not enforce it."),
  volumes: integer(...BOUNDS.volumes)
    .default(STORAGE_DEFAULTS.volumes)
    .describe("Volumes per server (JBOD)."),
  whenScaled: afterwards(type, "of servers that a lower number of replicas removes"),
  whenDeleted: afterwards(type, "when the stack is destroyed"),
});

const hostPath = (kind: ServerKind) =>
  z.strictObject({
    type: z.literal("hostPath").describe("Directories on the nodes."),
    ...common(kind, "hostPath"),
    path: pattern(...DIRECTORY)
      .refine(isOnDisk, ON_DISK)
      .exactOptional()
      .describe(
        `Directory on the node. \`{ordinal}\` becomes the server's number, \`{volume}\` the volume's. Without \`{volume}\`, the second volume's path ends in \`-1\`, the third's in \`-2\`, and so on. Default: \`/data/kafka/${kind}/{ordinal}\`; a namespace other than \`kafka\` is inserted, as in \`/data/kafka/orders/${kind}/{ordinal}\`.`,
      ),
    nodes: z
      .array(pattern(DNS_SUBDOMAIN, "the name of a node"), "a list of node names")
      .min(1, "a list of at least one node name")
      .exactOptional()
      .describe(
        "Nodes with the directories, by ordinal; a shorter list starts over at its end. Default: any node, which suits only a cluster of one node.",
      ),
  });

const nfs = (kind: ServerKind) =>
  z.strictObject({
    type: z.literal("nfs").describe("NFS exports."),
    ...common(kind, "nfs"),
    servers: z
      .array(
        z.strictObject(
          {
            server: nfsHost().describe("Host name or address of the NFS server."),
            path: pattern(...EXPORT).describe("Exported directory on it; `{ordinal}` and `{volume}` as for hostPath."),
          },
          "server and path",
        ),
        "a list of server and path",
      )
      .exactOptional()
      .describe("One export per server, by ordinal. Instead of `server` and `path`."),
    server: nfsHost()
      .exactOptional()
      .describe("The single NFS server, with one exported directory per ordinal. Needs `path`."),
    path: pattern(...DIRECTORY)
      .exactOptional()
      .describe("Exported directory on that single server; `{ordinal}` and `{volume}` as for hostPath."),
    mountOptions: z
      .array(mountOption(), "a list of mount options")
      .default([...DEFAULT_MOUNT_OPTIONS])
      .describe("Mount options of the volumes."),
  });

const storageClass = (kind: ServerKind) =>
  z.strictObject({
    type: z.literal("storageClass").describe("Claims of a StorageClass."),
    ...common(kind, "storageClass"),
    className: pattern(DNS_SUBDOMAIN, "the name of a StorageClass")
      .exactOptional()
      .describe("StorageClass of the claims. Default: the cluster's default class."),
    accessMode: z
      .enum(["ReadWriteOnce", "ReadWriteOncePod"], "ReadWriteOnce or ReadWriteOncePod")
      .default(DEFAULT_ACCESS_MODE)
      .describe("Access mode of the claims."),
  });

/** Where the servers of one kind keep their data; `type` determines the other keys. */
export const storage = (kind: ServerKind) =>
  z.discriminatedUnion("type", [hostPath(kind), nfs(kind), storageClass(kind)], "one of hostPath, nfs, storageClass");

/** Written storage, with defaults filled in. */
export type WrittenStorage = z.output<ReturnType<typeof storage>>;

type Of<Type extends WrittenStorage["type"]> = Extract<WrittenStorage, { type: Type }>;

/** Directories on the nodes; `path` is a template for `volumePath`. */
export type HostPathStorage = Omit<Of<"hostPath">, "path"> & { readonly path: string };

/** One NFS export. */
export interface NfsExport {
  /** Host name or address. */
  readonly server: string;
  /** Exported directory; a template for `volumePath`. */
  readonly path: string;
}

/** NFS exports by ordinal: at least as many entries in `servers` as there are replicas. */
export type NfsStorage = Omit<Of<"nfs">, "server" | "path" | "servers"> & { servers: readonly NfsExport[] };

/** Claims of a StorageClass. */
export type StorageClassStorage = Of<"storageClass">;

/** Where the servers of one kind keep their data. */
export type StorageConfig = HostPathStorage | NfsStorage | StorageClassStorage;

/** The servers that use a storage. */
export interface StorageUse {
  readonly kind: ServerKind;
  readonly namespace: string;
  readonly replicas: number;
}

/** Gives hostPath its directory, and every ordinal its export: the form with one server becomes a list too. */
export function resolveStorage(written: WrittenStorage, { kind, namespace, replicas }: StorageUse): StorageConfig {
  if (written.type === "hostPath") return { ...written, path: written.path ?? defaultPath(kind, namespace) };
  if (written.type !== "nfs") return written;
  const { server = "", path = "", servers, ...rest } = written;
  return { ...rest, servers: servers ?? Array.from({ length: replicas }, () => ({ server, path })) };
}
