import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { get, kubectl } from "../e2e/support/kubectl";
import { until } from "../e2e/support/until";
import { identities, replicasOf } from "./brokers";
import { fault } from "./fault";
import { TOPIC } from "./load";
import { change, settings, STACK } from "./stack";

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly phase: string };
  }[];
}

/** Starts `npm run up` as a process of its own, and kills it outright when it says something. */
async function killedUp(when: RegExp, changed: Readonly<Record<string, string>>): Promise<void> {
  const words = settings(changed).flatMap((setting) => ["-c", setting]);
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "sandbox/engine/cli.ts", "up", "--stack", STACK, ...words],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const said: string[] = [];
  const ended = once(child, "exit");
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      said.push(line);
      if (when.test(line)) child.kill("SIGKILL");
    });
  }
  const [, signal] = (await ended) as [number | null, string | null];
  assert.equal(signal, "SIGKILL", `up ended before it was killed:\n${said.slice(-20).join("\n")}`);
}

const spread = async (brokers: number): Promise<void> => {
  const held = Array.from({ length: brokers }, () => 0);
  for (const replicas of await replicasOf(TOPIC)) for (const id of replicas) held[id] = (held[id] ?? 0) + 1;
  assert.deepEqual(
    held,
    held.map(() => 36 / brokers),
  );
};

/** The pod of the Job under way whose name begins so. */
async function runningJobPod(job: string): Promise<string> {
  let name = "";
  await until(`a pod of ${job} runs`, 120, async () => {
    const { items } = await get<Pods>("pods", "-n", "kafka", "-l", "app.kubernetes.io/component=ops");
    name =
      items.find(
        ({ metadata, status }) =>
          metadata.name.startsWith(job) && status.phase !== "Succeeded" && status.phase !== "Failed",
      )?.metadata.name ?? "";
    return name === "" ? "none does" : null;
  });
  return name;
}

describe("when a change is interrupted", () => {
  fault("up is killed while a broker is added, and run again", async () => {
    await killedUp(/PersistentVolumeClaim broker-volumes-3-0-claim created/, { replicas: "4" });
    await change({ replicas: "4" });
    await spread(4);
  });

  fault("up is killed while a broker is drained, and run again", async () => {
    await killedUp(/Job prepare: /, { replicas: "3" });
    await change({ replicas: "3" });
    await spread(3);
  });

  fault("the pod of a Job is killed half-way", async () => {
    const change4 = change({ replicas: "4" });
    const pod = await runningJobPod("finish-");
    await kubectl("delete", "pod", pod, "-n", "kafka", "--grace-period=0", "--force");
    await change4;
    await spread(4);
    await change({ replicas: "3" });
  });

  fault("a roll meets a pod that cannot start, and the next change repairs it", async () => {
    const before = await identities();
    await killedUp(/broker-2.*(CrashLoopBackOff|Error|restart)/i, { "kafka.heap": "8m" });
    const after = await identities();
    assert.equal(after.get("broker-0"), before.get("broker-0"));
    assert.equal(after.get("broker-1"), before.get("broker-1"));
    await change({ "kafka.heap": "480m" });
  });
});
