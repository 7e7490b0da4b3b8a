import { canonicalPath } from "./spelling";

const PATH = "an absolute path without ..";
const TEMPLATE = `${PATH} that contains {ordinal}, and nothing else in braces but {volume}`;

/** Exported directories, with the words for what is allowed. */
export const EXPORT = [
  /^(?!.*\/\.\.(\/|$))(?!.*\{(?!(ordinal|volume)\}))\/\S*$/,
  `${PATH}, and with nothing in braces but {ordinal} and {volume}`,
] as const;

/** Directories with the server's number in them, with the words for what is allowed. */
export const DIRECTORY = [
  /^(?!.*\/\.\.(\/|$))(?=.*\{ordinal\})(?!.*\{(?!(ordinal|volume)\}))\/\S+$/,
  TEMPLATE,
] as const;

const VOLATILE = /^\/(proc|sys|dev|run|var\/run|tmp)\//;

/** Whether a directory of a node is on a disk: the kernel's file systems, and those in memory, lose their content when the node restarts, and systems clear /tmp. */
export const isOnDisk = (path: string): boolean => !VOLATILE.test(canonicalPath(path));

/** The words for a directory on a node. */
export const ON_DISK = `${TEMPLATE}, outside of /proc, /sys, /dev, /run and /tmp`;

/** Mount options, with the words for what is allowed. Commas separate them, so a comma must be inside quotes. */
export const MOUNT_OPTION = [
  /^[\w.-]+(=("[^"]*"|[^\s,"]+))?$/,
  'a mount option, such as hard, nfsvers=4.1 or context="system_u:object_r:nfs_t:s0"',
] as const;

/** Mount options that lose data or never work, with the reason. */
const BAD_OPTIONS: Readonly<Record<string, string>> = {
  soft: "it turns a slow server into lost writes",
  softerr: "it turns a slow server into lost writes",
  ro: "servers write to their volumes",
};

/** The words for what is allowed instead of an option that loses data or never works; undefined for any other option. */
export function badMountOption(option: string): string | undefined {
  const name = option.toLowerCase();
  const why = Object.hasOwn(BAD_OPTIONS, name) ? BAD_OPTIONS[name] : undefined;
  return why === undefined ? undefined : `a mount option, but not ${option}: ${why}`;
}
