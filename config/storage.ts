import { z } from "zod";
import { BOUNDS } from "../components/kubernetes/bounds";
import { isHost } from "../components/kubernetes/hosts";
import { SERVER_DEFAULTS, type ServerKind } from "../components/kubernetes/server-defaults";
import { DEFAULT_ACCESS_MODE, DEFAULT_MOUNT_OPTIONS, STORAGE_DEFAULTS } from "../components/storage/default-storage";
import { badMountOption, DIRECTORY, EXPORT, isOnDisk, MOUNT_OPTION, ON_DISK } from "../components/storage/forms";
import { integer, pattern, size, text } from "./values";

export type { ServerKind };

/** Namespace of a stack when none is written. */
export const DEFAULT_NAMESPACE = "kafka";

/**
 * Directory of a server's first volume on its node when none is written. Each namespace has its own, so that two stacks on one node do not meet; that of the default
 * namespace is the one that all had before.
 */
export const defaultPath = (kind: ServerKind, namespace: string): string =>
  `/data/kafka/${namespace === DEFAULT_NAMESPACE ? "" : `${namespace}/`}${kind}/{ordinal}`;

const HOST = "a host name or address";
const nfsHost = () => pattern(/^./, HOST).refine((host) => isHost(host.replace(/^\[(.*:.*)\]$/, "$1")), HOST);
const NODE_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

const afterwards = (what: string) =>
  z
    .enum(["retain", "delete"], "retain or delete")
    .default(STORAGE_DEFAULTS.whenScaled)
    .describe(`What happens to the volumes ${what}: delete is for volumes of a StorageClass.`);

/** One mount option. */
const mountOption = () =>
  pattern(...MOUNT_OPTION).superRefine((option, context) => {
    const message = badMountOption(option);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const common = (kind: ServerKind) => ({
  size: size()
    .default(SERVER_DEFAULTS[kind].size)
    .describe("Capacity of each volume. hostPath and nfs do not enforce it."),
  volumes: integer(...BOUNDS.volumes)
    .default(STORAGE_DEFAULTS.volumes)
    .describe("Volumes per server (JBOD)."),
  whenScaled: afterwards("of servers that a lower number of replicas removes"),
  whenDeleted: afterwards("when the stack is destroyed"),
});

const hostPath = (kind: ServerKind) =>
  z.strictObject({
    type: z.literal("hostPath").describe("Directories on the nodes."),
    ...common(kind),
    path: pattern(...DIRECTORY)
      .refine(isOnDisk, ON_DISK)
      .exactOptional()
      .describe(
        `Directory on the node. \`{ordinal}\` becomes the server's number, \`{volume}\` the volume's. Without \`{volume}\`, the second volume has \`-1\` behind its path, the third \`-2\`, and so on. Default: \`/data/kafka/${kind}/{ordinal}\`; a namespace other than \`kafka\` comes in between, as in \`/data/kafka/orders/${kind}/{ordinal}\`.`,
      ),
    nodes: z
      .array(pattern(NODE_NAME, "the name of a node"), "a list of node names")
      .min(1, "a list of at least one node name")
      .exactOptional()
      .describe(
        "Nodes that hold the directories, by ordinal; a shorter list starts over at its end. Default: any node, which suits a cluster of one node only.",
      ),
  });

const nfs = (kind: ServerKind) =>
  z.strictObject({
    type: z.literal("nfs").describe("NFS exports."),
    ...common(kind),
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
      .describe("The one NFS server, with one exported directory per ordinal. Goes with `path`."),
    path: pattern(...DIRECTORY)
      .exactOptional()
      .describe("Exported directory on that one server; `{ordinal}` and `{volume}` as for hostPath."),
    mountOptions: z
      .array(mountOption(), "a list of mount options")
      .default([...DEFAULT_MOUNT_OPTIONS])
      .describe("Mount options of the volumes."),
  });

const storageClass = (kind: ServerKind) =>
  z.strictObject({
    type: z.literal("storageClass").describe("Claims that a StorageClass fills."),
    ...common(kind),
    className: text("the name of a StorageClass")
      .exactOptional()
      .describe("StorageClass of the claims. Default: the cluster's default class."),
    accessMode: z
      .enum(["ReadWriteOnce", "ReadWriteOncePod"], "ReadWriteOnce or ReadWriteOncePod")
      .default(DEFAULT_ACCESS_MODE)
      .describe("Access mode of the claims."),
  });

/** Where the servers of one kind keep their data; `type` decides which other keys there are. */
export const storage = (kind: ServerKind) =>
  z.discriminatedUnion("type", [hostPath(kind), nfs(kind), storageClass(kind)], "one of hostPath, nfs, storageClass");

/** Storage as the stack file writes it, defaults filled in. */
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

/** Claims that a StorageClass fills. */
export type StorageClassStorage = Of<"storageClass">;

/** Where the servers of one kind keep their data. */
export type StorageConfig = HostPathStorage | NfsStorage | StorageClassStorage;

/** What the storage of one kind of servers is for. */
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
