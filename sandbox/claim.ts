import { exclusively, holderOf, isRunning } from "kafka-stack-processes";
import { dirname } from "node:path";
import { readRecord } from "./cluster/record";
import { Daemons } from "./daemons/daemon";
import { claim, claimant, claimFile } from "./host/claim";
import { hasForeignServices } from "./network/firewall";
import { pathsOf, type Paths } from "./paths";
import { announceWait } from "./progress";
import { removeData, removeDockerData } from "./teardown/data";
import { tearDown } from "./teardown/everything";

/**
 * Claims the machine's network for this sandbox, and removes what a sandbox left whose directory was deleted while it ran.
 *
 * @throws when another sandbox uses it.
 */
export async function claimMachine(paths: Paths): Promise<void> {
  // Two checkouts hold two locks, and would both find the machine free.
  await exclusively(`${claimFile()}.lock`, announceWait, () => claimFree(paths));
}

async function claimFree(paths: Paths): Promise<void> {
  const holder = claimant();
  if (holder === undefined) {
    if (await hasForeignServices()) {
      throw new Error(
        "Another Kubernetes' kube-proxy works on this machine's network (there is a chain KUBE-SERVICES), and two undo each other's rules. Run the sandbox on another machine, or use that cluster: `npm start -- --context NAME`.",
      );
    }
  } else if (holder !== paths.root) {
    await evict(pathsOf(holder));
  } else if (readRecord(paths) === undefined) {
    await tearDown(paths, { patience: 0 });
    // The rest of the data is useless without its cluster.
    removeData(paths);
    removeDockerData(paths);
  }
  claim(paths.root);
}

async function evict(other: Paths): Promise<void> {
  if (holderOf(other.lock) !== undefined || new Daemons(other).records().some(isRunning)) {
    throw new Error(
      `The sandbox of another checkout runs on this machine, in ${other.root}, and both would use the same addresses and ports. Stop it first: \`npm run sandbox -- down\` in ${dirname(other.root)}.`,
    );
  }
  await tearDown(other, { patience: 0 });
}
