import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, succeeds } from "../host/command";
import { ensurePackages } from "../host/platform";
import { checkout, type Paths } from "../paths";

const sources = join(checkout, "sandbox", "nfs");

/** What the FUSE client is built with. */
const buildPackages = {
  gcc: "gcc",
  "pkg-config": "pkg-config",
  "/usr/include/nfsc/libnfs.h": "libnfs-dev",
  "/usr/include/fuse3/fuse.h": "libfuse3-dev",
  "/usr/include/stdlib.h": "libc6-dev",
} as const;

/**
 * Lets the kubelets mount NFS: with the kernel's client where there is one, else with a small one in user space that
 * only the kubelets find.
 *
 * @returns who mounts
 */
export async function ensureClient(paths: Paths, report: (progress: string) => void): Promise<"kernel" | "fuse"> {
  if (await kernelMountsNfs()) return "kernel";
  if (!existsSync("/dev/fuse")) {
    throw new Error("The kernel has neither an NFS client nor FUSE (/dev/fuse), so NFS cannot be mounted here.");
  }
  await ensurePackages(buildPackages, report);
  const program = join(paths.kubeletBin, "nfs-mount");
  const stamp = `${program}.build`;
  const key = createHash("sha256")
    .update(readFileSync(join(sources, "client.c")))
    .digest("hex");
  mkdirSync(paths.kubeletBin, { recursive: true });
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== key) {
    report("building the client");
    const flags = (await run("pkg-config", ["--cflags", "--libs", "fuse3", "libnfs"])).split(/\s+/).filter(Boolean);
    await run("gcc", ["-O2", "-Wall", "-Wextra", "-o", program, join(sources, "client.c"), ...flags]);
    writeFileSync(stamp, key);
  }
  const mount = join(paths.kubeletBin, "mount");
  copyFileSync(join(sources, "mount.sh"), mount);
  chmodSync(mount, 0o755);
  return "fuse";
}

async function kernelMountsNfs(): Promise<boolean> {
  const known = () => /\tnfs\n/.test(readFileSync("/proc/filesystems", "utf8"));
  return known() || ((await succeeds("modprobe", ["nfs"])) && known());
}
