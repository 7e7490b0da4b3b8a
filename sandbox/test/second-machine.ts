import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processesIn } from "../host/cgroups";
import { run, succeeds } from "../host/command";
import { end, findProcesses } from "../host/process";
import { checkout, pathsOf, type Paths } from "../paths";
import { cgroupOf } from "../plan";
import type { SandboxStatus } from "../status";
import { unmountBelow } from "../teardown/mounts";

/**
 * A separate network, in which a test's sandbox does not disturb one that runs on the machine, and in which a restart of the machine can be simulated.
 * It has no route to the outside: no base images, no pulls.
 */
export class SecondMachine {
  readonly #network = `sandbox-test-${process.pid}`;
  readonly #neighbour = `sandbox-neighbour-${process.pid}`;
  /** Directory of the sandbox. Short, because of the unix sockets below it. */
  readonly root = mkdtempSync("/tmp/sb-");

  get paths(): Paths {
    return pathsOf(this.root);
  }

  /** Makes the network, and gives the sandbox the programs that the checkout's own sandbox built. */
  async start(): Promise<void> {
    const built = pathsOf(join(checkout, ".sandbox")).bin;
    if (!existsSync(built))
      throw new Error("Run `npm run sandbox -- up` first: the test uses the programs that it builds.");
    this.copyPrograms(built);
    await this.connect();
  }

  /** Runs a command in the network, on this sandbox. */
  async run(command: string, ...args: string[]): Promise<string> {
    const env = { SANDBOX_ROOT: this.root, KUBECONFIG: this.paths.kubeconfig };
    return run("nsenter", [`--net=/run/netns/${this.#network}`, command, ...args], { cwd: checkout, env });
  }

  /** `npm run sandbox -- …` */
  async sandbox(...args: string[]): Promise<string> {
    return this.run(process.execPath, "--import", "tsx", "cli/index.ts", "sandbox", ...args);
  }

  /** `npm run sandbox -- status`, whatever its exit code. */
  async status(): Promise<SandboxStatus> {
    const text = await this.run(
      "sh",
      "-c",
      `"${process.execPath}" --import tsx cli/index.ts sandbox status --json || true`,
    );
    return JSON.parse(text) as SandboxStatus;
  }

  /** Adds a neighbour machine, on a shared network, that uses this machine as its gateway. */
  async addNeighbour(): Promise<void> {
    const name = this.#neighbour;
    await run("ip", ["netns", "add", name]);
    await this.run("ip", "link", "add", "neighbour", "type", "veth", "peer", "name", "eth0", "netns", name);
    await this.run("ip", "address", "add", "192.0.2.1/30", "dev", "neighbour");
    await this.run("ip", "link", "set", "neighbour", "up");
    await run("ip", ["-n", name, "address", "add", "192.0.2.2/30", "dev", "eth0"]);
    await run("ip", ["-n", name, "link", "set", "eth0", "up"]);
    await run("ip", ["-n", name, "route", "add", "default", "via", "192.0.2.1"]);
  }

  /** Runs a command on the neighbour. */
  async fromNeighbour(command: string, ...args: string[]): Promise<string> {
    return run("ip", ["netns", "exec", this.#neighbour, command, ...args]);
  }

  /** Removes the neighbour and the shared network. */
  async removeNeighbour(): Promise<void> {
    await succeeds("ip", ["netns", "delete", this.#neighbour]);
    // The kernel removes the network's devices a moment later.
    await succeeds("nsenter", [`--net=/run/netns/${this.#network}`, "ip", "link", "delete", "neighbour"]);
  }

  /** Runs a command of this machine in a pod's network, so that its image does not need the command. */
  async fromPod(name: string, command: string, ...args: string[]): Promise<string> {
    const process = processesIn(cgroupOf(this.root)).find(({ pid }) =>
      readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`HOSTNAME=${name}`),
    );
    if (!process) throw new Error(`No process of a pod ${name} runs.`);
    return run("nsenter", [`--net=/proc/${process.pid}/ns/net`, command, ...args]);
  }

  /** kubectl, as administrator. */
  async kubectl(...args: string[]): Promise<string> {
    return this.run(join(this.paths.bin, "kubectl"), ...args);
  }

  /** Applies objects. */
  async apply(objects: object): Promise<void> {
    const file = join(this.root, "objects.json");
    writeFileSync(file, JSON.stringify(objects));
    await this.kubectl("apply", "-f", file);
  }

  /** Everything that a sandbox has outside of its directory, one line each; empty when there is nothing. */
  async traces(): Promise<string[]> {
    const rules = async (command: string) =>
      (await this.run(command)).split("\n").filter((line) => /^(-A|:\S+ -)/.test(line));
    const devices = (await this.run("ip", "-brief", "link")).split("\n").filter((line) => !line.startsWith("lo "));
    const entries = (directory: string) => (existsSync(directory) ? readdirSync(directory) : []);
    return [
      ...this.processes().map(
        ({ pid }) => `process ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")}`,
      ),
      ...readFileSync("/proc/mounts", "utf8")
        .split("\n")
        .filter((line) => line.includes(`${this.root}/`)),
      ...devices,
      ...(await this.run("ip", "route")).split("\n").filter(Boolean),
      ...(await rules("iptables-save")),
      ...(await rules("ip6tables-save")),
      ...entries("/sys/fs/cgroup")
        .flatMap((name) => entries(join("/sys/fs/cgroup", name)))
        .filter((name) => name === cgroupOf(this.root)),
      ...entries("/run/netns").filter((name) => name.startsWith(cgroupOf(this.root))),
      ...entries("/var/lib/cni/results").filter((name) => name.startsWith(cgroupOf(this.root))),
    ];
  }

  /** Simulates a power cut and a restart: all processes are lost, the disk stays. */
  async restart(): Promise<void> {
    await this.#endAll();
    await run("ip", ["netns", "delete", this.#network]);
    // Process ids are reused, so another boot has another identity.
    for (const file of [this.paths.cluster, ...readdirSync(this.paths.run).map((name) => join(this.paths.run, name))]) {
      await run("sed", ["-i", "-E", 's/"boot":"[^"]*"/"boot":"an earlier run"/', file]);
    }
    await this.connect();
  }

  /** Deletes the directory of the running sandbox, as far as possible, and keeps the programs. */
  async deleteDirectory(): Promise<void> {
    const kept = `${this.root}-bin`;
    cpSync(this.paths.bin, kept, { recursive: true, verbatimSymlinks: true });
    await succeeds("rm", ["-rf", this.root]);
    this.copyPrograms(kept);
    rmSync(kept, { recursive: true });
  }

  /** Removes everything, whatever its state. */
  async remove(): Promise<void> {
    await this.#endAll();
    await succeeds("ip", ["netns", "delete", this.#network]);
    rmSync(this.root, { recursive: true, force: true });
  }

  async connect(): Promise<void> {
    await run("ip", ["netns", "add", this.#network]);
    await this.run("ip", "link", "set", "lo", "up");
  }

  private copyPrograms(from: string): void {
    cpSync(from, this.paths.bin, { recursive: true, verbatimSymlinks: true });
  }

  private processes() {
    const daemons = findProcesses(
      (commandLine) =>
        /(kube|dns|netpol|provisioner|containerd|dockerd|containerd-shim-runc-v2|nfs-mount)$/.test(
          commandLine[0] ?? "",
        ) && commandLine.some((argument) => argument.includes(`${this.root}/`)),
    );
    return [...daemons, ...processesIn(cgroupOf(this.root))];
  }

  async #endAll(): Promise<void> {
    await end(this.processes(), 0);
    await unmountBelow(this.root);
    await succeeds("find", ["/sys/fs/cgroup", "-depth", "-type", "d", "-path", `*/${cgroupOf(this.root)}*`, "-delete"]);
  }
}
