import { run, succeeds } from "../host/command";

/**
 * Input for `iptables-restore --noflush` that removes every chain of Kubernetes, and all jumps to them, from the output of `iptables-save`.
 * kube-proxy's own clean-up leaves some, and a deleted sandbox has no kube-proxy left to do it.
 */
export function removalOf(saved: string): string {
  const tables = saved.split(/^(?=\*)/m).filter((table) => table.startsWith("*"));
  return tables
    .map((table) => {
      const lines = table.split("\n");
      const chains = lines.flatMap((line) => /^:(KUBE-\S+)/.exec(line)?.[1] ?? []);
      const calls = lines.filter((line) => /^-A (?!KUBE-).* -j KUBE-/.test(line));
      if (chains.length === 0) return "";
      // Declaring a chain empties it; only an empty chain without jumps to it can be deleted.
      return [
        lines[0],
        ...chains.map((chain) => `:${chain} - [0:0]`),
        ...calls.map((call) => call.replace("-A", "-D")),
        ...chains.map((chain) => `-X ${chain}`),
        "COMMIT\n",
      ].join("\n");
    })
    .join("");
}

/** Removes Kubernetes' packet rules, of both versions of the internet protocol. */
export async function removeKubeChains(): Promise<void> {
  for (const command of ["iptables", "ip6tables"]) {
    // A kernel without IPv6 has no tables for it.
    if (!(await succeeds(`${command}-save`, []))) continue;
    const removal = removalOf(await run(`${command}-save`, []));
    if (removal !== "") await run(`${command}-restore`, ["--noflush", "--wait=30"], { input: removal });
  }
}
