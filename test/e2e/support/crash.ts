import { readdirSync, readFileSync } from "node:fs";
import { get, kubectl } from "./kubectl";

interface Pod {
  readonly status: { readonly containerStatuses: readonly { readonly restartCount: number }[] };
}

/**
 * Kills the Java process of a pod on the sandbox, as a lack of memory would: nothing is said to the other servers. Resolves when the container that the kubelet
 * starts in its place is ready.
 */
export async function crash(pod: string): Promise<void> {
  const { status } = await get<Pod>("pod", pod, "-n", "kafka");
  const restarts = (status.containerStatuses[0]?.restartCount ?? 0) + 1;
  process.kill(javaOf(pod), "SIGKILL");
  for (const condition of [`jsonpath={.status.containerStatuses[0].restartCount}=${restarts}`, "condition=Ready"]) {
    await kubectl("wait", "pod", pod, "-n", "kafka", `--for=${condition}`, "--timeout=120s");
  }
}

/** The process whose environment says that it is that pod's. */
function javaOf(pod: string): number {
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    if (read(pid, "comm").trim() !== "java") continue;
    if (read(pid, "environ").split("\0").includes(`POD_NAME=${pod}`)) return Number(pid);
  }
  throw new Error(`no Java process of ${pod} runs`);
}

/** Empty when the process has ended. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
