import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { Daemon } from "../daemons/daemon";
import { run, succeeds } from "../host/command";
import { privateDirectory } from "../host/private-directory";
import { identify } from "kafka-stack-processes";
import { end } from "../host/process";
import { checkout, type Paths } from "../paths";
import { cgroupOf, network } from "../plan";
import { exportPath, gateway, type NfsServer } from "./plan";

/** Directory of a server: its export, and its records of clients. */
export function serverDirectory(paths: Paths, server: NfsServer): string {
  return join(paths.nfs, server.name);
}

/** Prefix of the servers' network namespaces, whose names are machine-wide. */
function namespacePrefix(paths: Paths): string {
  return `${cgroupOf(paths.root)}-`;
}

function namespaceOf(paths: Paths, server: NfsServer): string {
  return `${namespacePrefix(paths)}${server.name}`;
}

/** An NFS server (NFSv3 and 4.1), which keeps its files below the sandbox's directory. */
export function nfsServer(paths: Paths, server: NfsServer): Daemon {
  const directory = serverDirectory(paths, server);
  const config = join(paths.config, `${server.name}.conf`);
  return {
    name: server.name,
    command: "ip",
    args: [
      "netns",
      "exec",
      namespaceOf(paths, server),
      "sh",
      join(checkout, "sandbox", "nfs", "serve.sh"),
      directory,
      config,
    ],
    files: { [config]: renderServerConfig() },
    prepare: async () => {
      await endServer(paths, server);
      privateDirectory(paths.nfs);
      for (const name of ["export", "state"]) mkdirSync(join(directory, name), { recursive: true });
      // Brokers do not run as root; the server must accept any user.
      chmodSync(join(directory, "export"), 0o777);
    },
    ready: () => answers(server.address),
  };
}

/**
 * Renders the configuration of a server; the same for all, because each has its own view of the file system. Only the sandbox's addresses may use
 * the export: the kubelet accesses it as root, and another machine's root must not.
 */
export function renderServerConfig(): string {
  return `NFS_CORE_PARAM { Protocols = 3, 4; mount_path_pseudo = true; Enable_NLM = false; Enable_RQUOTA = false; }
# A client that was cut off gets its state back within seconds and not, as by default, minutes.
NFSv4 { Only_Numeric_Owners = true; Grace_Period = 5; Lease_Lifetime = 5; RecoveryBackend = fs; Minor_Versions = 1, 2; }
EXPORT {
  Export_Id = 1; Path = /mnt${exportPath}; Pseudo = ${exportPath};
  Access_Type = None; SecType = sys;
  CLIENT { Clients = ${network.range}; Access_Type = RW; Squash = No_Root_Squash; }
  FSAL { Name = VFS; }
}
`;
}

/** Makes a server's network namespace and the veth pair to it; existing ones stay. */
export async function ensureWire(paths: Paths, server: NfsServer): Promise<void> {
  const namespace = namespaceOf(paths, server);
  const { device, address } = server;
  await run("ip", ["address", "replace", `${gateway}/24`, "dev", network.nodes.device]);
  if (!existsSync(join(namespaceDirectory, namespace))) await run("ip", ["netns", "add", namespace]);
  if (!(await succeeds("ip", ["link", "show", device]))) {
    await run("ip", ["link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", namespace]);
  }
  await run("ip", ["link", "set", device, "master", network.nodes.device, "up"]);
  await run("ip", ["-n", namespace, "address", "replace", `${address}/24`, "dev", "eth0"]);
  await run("ip", ["-n", namespace, "link", "set", "eth0", "up"]);
}

/** Kills everything that a server runs. */
export async function endServer(paths: Paths, server: NfsServer): Promise<void> {
  await endNamespace(namespaceOf(paths, server));
}

/** Ends all servers of a sandbox, and removes their namespaces and veth pairs. Their files stay. */
export async function removeServers(paths: Paths): Promise<void> {
  const namespaces = existsSync(namespaceDirectory) ? readdirSync(namespaceDirectory) : [];
  for (const namespace of namespaces.filter((name) => name.startsWith(namespacePrefix(paths)))) {
    await endNamespace(namespace);
    await run("ip", ["netns", "delete", namespace]);
  }
}

const namespaceDirectory = "/run/netns";

async function endNamespace(namespace: string): Promise<void> {
  const pids = (await run("ip", ["netns", "pids", namespace])).split("\n").filter(Boolean);
  const processes = pids.map((pid) => identify(Number(pid))).filter((process) => process !== undefined);
  await end(processes, 0);
}

/** Timeout of a connection to a server, in milliseconds. */
const patience = 1000;

async function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect({ host: address, port: 2049, timeout: patience });
    const done = (result: boolean) => {
      connection.destroy();
      resolve(result);
    };
    connection.on("connect", () => {
      done(true);
    });
    connection.on("error", () => {
      done(false);
    });
    connection.on("timeout", () => {
      done(false);
    });
  });
}
