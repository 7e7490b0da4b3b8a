import { existsSync, globSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./command";

/** Where the sandbox cannot run, any cluster will do. */
const elsewhere =
  "Use another cluster instead, for example one of kind, made as docs/kind.md says, for its ports must be published: `npm start -- --context kind-kind`.";

/** Commands and files that the sandbox uses, and the Debian packages that bring them. */
export function basePackages(): Record<string, string> {
  return {
    containerd: "containerd",
    ctr: "containerd",
    runc: "runc",
    dockerd: "docker.io",
    docker: "docker.io",
    "/usr/lib/cni/ptp": "containernetworking-plugins",
    iptables: "iptables",
    ip: "iproute2",
    mmdebstrap: "mmdebstrap",
    tar: "tar",
    // Where the kernel enforces AppArmor, docker starts no container without a profile.
    ...(appArmorEnforced() && { apparmor_parser: "apparmor" }),
  };
}

function appArmorEnforced(): boolean {
  const parameter = "/sys/module/apparmor/parameters/enabled";
  return existsSync(parameter) && readFileSync(parameter, "utf8").startsWith("Y");
}

/** Directories of Debian's programs for administrators, which not every PATH contains. */
const administration = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** @throws when a sandbox can't run on this machine, with what to do instead. */
export function checkPlatform(): void {
  if (process.platform !== "linux") {
    throw new Error(`The sandbox runs on Linux only, and this is ${process.platform}. ${elsewhere}`);
  }
  if (process.getuid?.() !== 0) {
    throw new Error(`The sandbox needs root, because it starts a Kubernetes node: try \`sudo\`. ${elsewhere}`);
  }
  if (!existsSync("/sys/fs/cgroup/cgroup.controllers") && !existsSync("/sys/fs/cgroup/memory")) {
    throw new Error(`The sandbox needs cgroups mounted at /sys/fs/cgroup. ${elsewhere}`);
  }
}

/** Adds these directories to this process's PATH. */
export function extendPath(): void {
  const path = (process.env.PATH ?? "").split(delimiter);
  process.env.PATH = [...path, ...administration.filter((directory) => !path.includes(directory))].join(delimiter);
}

/**
 * Installs missing Debian packages.
 *
 * @param needed - command, or path of a file, which may have wildcards → package that brings it
 * @throws when something is missing and there is no apt, with the names of everything that is missing.
 */
export async function ensurePackages(
  needed: Readonly<Record<string, string>>,
  report: (progress: string) => void,
): Promise<void> {
  const missing = [...new Set(Object.entries(needed).flatMap(([file, debian]) => (isInstalled(file) ? [] : [debian])))];
  if (missing.length === 0) return;
  if (!isInstalled("apt-get")) {
    throw new Error(
      `The sandbox needs the programs of Debian's packages ${missing.join(", ")}: install what your system has of them. ${elsewhere}`,
    );
  }
  report(`installing ${missing.join(", ")}`);
  await withoutServices(async () => {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update", "--quiet"], { env });
    await run("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", ...missing], { env });
  });
}

/** Whether a program is there. It is installed where that is possible without asking anybody: for root, where there is apt. */
export async function provided(program: string, debian: string, report: (progress: string) => void): Promise<boolean> {
  if (!isInstalled(program) && process.getuid?.() === 0 && isInstalled("apt-get")) {
    await ensurePackages({ [program]: debian }, report).catch((error: unknown) => {
      report(`Debian's package ${debian} cannot be installed: ${String(error)}`);
    });
  }
  return isInstalled(program);
}

/** Debian starts the services of packages at once. The sandbox runs its own daemons and does not touch the system's. */
async function withoutServices(install: () => Promise<void>): Promise<void> {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) {
    await install();
    return;
  }
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await install();
  } finally {
    rmSync(policy);
  }
}

function isInstalled(file: string): boolean {
  if (file.startsWith("/")) return globSync(file).length > 0;
  return (process.env.PATH ?? "").split(delimiter).some((directory) => existsSync(join(directory, file)));
}

/** Magic number of overlayfs in the answer of statfs(2). */
const overlayfs = 0x794c7630;

/** containerd's snapshotter for a directory: an overlay on an overlay, as in most containers, does not work, so it copies there. */
export function snapshotterFor(directory: string): string {
  return statfsSync(directory).type === overlayfs ? "native" : "overlayfs";
}
