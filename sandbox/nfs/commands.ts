import { exclusively } from "kafka-stack-processes";
import { rmSync } from "node:fs";
import { Listr } from "listr2";
import { readRecord, writeRecord, type ClusterRecord } from "../cluster/record";
import { Daemons } from "../daemons/daemon";
import { checkPlatform, ensurePackages, extendPath } from "../host/platform";
import { pathsOf, type Paths } from "../paths";
import { announceWait, listrOptions, progress } from "../progress";
import { ensureClient } from "./client";
import { nfsExports, planServers, type NfsServer } from "./plan";
import { endServer, ensureWire, nfsServer, removeServers, serverDirectory } from "./server";

const serverPackages = {
  "ganesha.nfsd": "nfs-ganesha",
  "/usr/lib/*/ganesha/libfsalvfs.so": "nfs-ganesha-vfs",
  rpcbind: "rpcbind",
} as const;

/**
 * Starts NFS servers, each with its own address and export, and makes the nodes able to mount them. More of them may already run.
 *
 * @param count - the least number of servers
 * @returns where each is and what it exports
 */
export async function nfsUp(count: number): Promise<{ server: string; path: string }[]> {
  return withSandbox(async (paths, record) => {
    const all = Math.max(count, record.nfsServers);
    const steps = new Listr(
      [
        { title: "Packages", task: (_, task) => ensurePackages(serverPackages, progress(task)) },
        {
          title: "Client",
          task: async (_, task) => {
            const client = await ensureClient(paths, progress(task));
            task.title = client === "kernel" ? "Client: the kernel's" : "Client: FUSE, for the kernel has none";
          },
        },
        { title: `${all} servers`, task: () => ensureServers(paths, all) },
      ],
      listrOptions,
    );
    await steps.run();
    writeRecord(paths, { ...record, nfsServers: all });
    return nfsExports(all);
  });
}

/** Starts a sandbox's servers that do not run. */
export async function ensureServers(paths: Paths, count: number): Promise<void> {
  const daemons = new Daemons(paths);
  for (const server of planServers(count)) {
    await ensureWire(paths, server);
    await daemons.ensure(nfsServer(paths, server));
  }
}

/**
 * Stops all servers; their files stay by default.
 *
 * @param options - `data`: whether to delete that too
 */
export async function nfsDown({ data = false }: { data?: boolean } = {}): Promise<void> {
  await withSandbox(async (paths, record) => {
    const servers = planServers(record.nfsServers);
    const daemons = new Daemons(paths);
    await removeServers(paths);
    for (const server of servers) {
      await daemons.stop(server.name, 0);
      if (data) rmSync(serverDirectory(paths, server), { recursive: true, force: true });
    }
    writeRecord(paths, { ...record, nfsServers: 0 });
  });
}

/** Kills one server; clients wait for it. */
export async function nfsStop(index: number): Promise<void> {
  await withServer(index, async (paths, server) => {
    await endServer(paths, server);
    await new Daemons(paths).stop(server.name, 0);
  });
}

/** Starts a stopped server again. */
export async function nfsStart(index: number): Promise<void> {
  await withServer(index, async (paths, server) => {
    await ensureWire(paths, server);
    await new Daemons(paths).ensure(nfsServer(paths, server));
  });
}

async function withServer(index: number, work: (paths: Paths, server: NfsServer) => Promise<void>): Promise<void> {
  await withSandbox(async (paths, { nfsServers }) => {
    const server = planServers(nfsServers)[index];
    if (!server) throw new Error(`There is no NFS server ${index}; the sandbox has ${nfsServers} of them, from 0.`);
    await work(paths, server);
  });
}

async function withSandbox<T>(work: (paths: Paths, record: ClusterRecord) => Promise<T>): Promise<T> {
  checkPlatform();
  extendPath();
  const paths = pathsOf();
  const record = readRecord(paths);
  if (!record) throw new Error("The sandbox does not run: `npm run sandbox -- up` starts it.");
  return exclusively(paths.lock, announceWait, () => work(paths, record));
}
