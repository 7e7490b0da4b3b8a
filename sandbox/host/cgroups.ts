import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { identify, type ProcessIdentity } from "kafka-stack-processes";

const mountPoint = "/sys/fs/cgroup";

/** Roots of the hierarchies: one on cgroup v2; on v1 one per controller, and perhaps a v2 one without controllers. */
function hierarchies(): string[] {
  if (existsSync(join(mountPoint, "cgroup.controllers"))) return [mountPoint];
  return readdirSync(mountPoint)
    .map((name) => join(mountPoint, name))
    .filter((path) => statSync(path).isDirectory() && existsSync(join(path, "cgroup.procs")));
}

/** Makes a cgroup in every hierarchy, ready to have cgroups below it. The kubelet expects its own cgroup to exist. */
export function ensureCgroup(cgroup: string): void {
  for (const hierarchy of hierarchies()) {
    let path = hierarchy;
    for (const part of cgroup.split("/")) {
      const parent = path;
      path = join(path, part);
      if (!existsSync(path)) mkdirSync(path);
      inherit(parent, path);
    }
  }
}

/** Controllers that pods need. */
const controllers = ["cpuset", "cpu", "io", "memory", "hugetlb", "pids"];

/** CPU shares that the kubelet gives a node's pods for each core. */
const SHARES_PER_CORE = 1_024;

/** Sets what a cgroup does not inherit. */
function inherit(parent: string, child: string): void {
  const available = read(join(parent, "cgroup.controllers")).trim().split(" ");
  for (const controller of controllers.filter((name) => available.includes(name))) {
    try {
      writeFileSync(join(parent, "cgroup.subtree_control"), `+${controller}`);
    } catch {
      // The kernel may refuse, depending on what else runs; the kubelet names the controllers that it misses.
    }
  }
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const own = join(child, file);
    const isVersion1 = existsSync(join(child, "tasks"));
    if (isVersion1 && existsSync(own) && read(own).trim() === "") writeFileSync(own, read(join(parent, file)));
  }
  // Gives pods the CPU weight that they would have on a node, by its cores. On cgroup v2 this is the default.
  const shares = join(child, "cpu.shares");
  if (existsSync(shares)) writeFileSync(shares, String(availableParallelism() * SHARES_PER_CORE));
}

/** Every process in a cgroup and below it, in any hierarchy. */
export function processesIn(cgroup: string): ProcessIdentity[] {
  const pids = new Set(
    hierarchies()
      .map((hierarchy) => join(hierarchy, cgroup))
      .flatMap((path) => [path, ...below(path)])
      .flatMap((path) => read(join(path, "cgroup.procs")).split("\n").filter(Boolean)),
  );
  return [...pids].map((pid) => identify(Number(pid))).filter((process) => process !== undefined);
}

/** Removes a cgroup without processes, and those below it. */
export function removeCgroup(cgroup: string): void {
  for (const hierarchy of hierarchies()) {
    const path = join(hierarchy, cgroup);
    if (!existsSync(path)) continue;
    for (const each of [...below(path).reverse(), path]) rmdirSync(each);
  }
}

/** Paths of all cgroups below one, parents before children. */
function below(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(path, entry.name))
    .flatMap((child) => [child, ...below(child)]);
}

/** Content of a file that may be missing, or vanish at any moment. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
