import { run, succeeds } from "../../sandbox/host/command";

/** Runs Debian's kcat against the brokers' NodePorts; installs it when it is missing. @returns its standard output. */
export async function kcat(args: readonly string[], input = ""): Promise<string> {
  if (!(await succeeds("kcat", ["-V"]))) {
    await run("apt-get", ["install", "--yes", "--no-install-recommends", "kcat"], {
      env: { DEBIAN_FRONTEND: "noninteractive" },
    });
  }
  return run("kcat", ["-b", "localhost:30099", ...args], { input });
}
