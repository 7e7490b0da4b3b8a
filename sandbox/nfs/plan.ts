/** One NFS server, which has its own address like a separate machine. */
export interface NfsServer {
  /** From 0. */
  readonly index: number;
  /** Name of its daemon. */
  readonly name: string;
  /** This machine's end of the veth pair to it. */
  readonly device: string;
  readonly address: string;
}

/** Path under which every server exports its directory. */
export const exportPath = "/export";

/** This machine's address on the network of the servers. */
export const gateway = "198.19.1.1";

/** Servers that a sandbox can have. */
export const maxServers = 100;

/** Last number of the first server's address. */
const firstAddress = 11;

/**
 * Plans the NFS servers.
 *
 * @throws when the count is not one that a sandbox can have.
 */
export function planServers(count: number): NfsServer[] {
  if (!Number.isInteger(count) || count < 0 || count > maxServers) {
    throw new Error(`A sandbox can have from 0 to ${maxServers} NFS servers, not ${count}.`);
  }
  return Array.from({ length: count }, (_, index) => ({
    index,
    name: `nfs-${index}`,
    device: `kstack-nfs${index}`,
    address: `198.19.1.${index + firstAddress}`,
  }));
}

/** The servers in the form of the stack's config: the address and the export of each. */
export function nfsExports(count: number): { readonly server: string; readonly path: string }[] {
  return planServers(count).map(({ address }) => ({ server: address, path: exportPath }));
}
