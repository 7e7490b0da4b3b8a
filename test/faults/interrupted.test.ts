import assert from "node:assert/strict";
import { get, kubectl } from "../e2e/support/kubectl";
import { until } from "../e2e/support/until";
import { assertSpread, identities } from "./brokers";
import { fault } from "./fault";
import { killedUp } from "./killed-up";
import { change } from "./stack";

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly phase: string };
  }[];
}

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
    await assertSpread(4);
  });

  fault("up is killed while a broker is drained, and run again", async () => {
    await killedUp(/Job prepare: /, { replicas: "3" });
    await change({ replicas: "3" });
    await assertSpread(3);
  });

  fault("the pod of a Job is killed half-way", async () => {
    const change4 = change({ replicas: "4" });
    const pod = await runningJobPod("finish-");
    await kubectl("delete", "pod", pod, "-n", "kafka", "--grace-period=0", "--force");
    await change4;
    await assertSpread(4);
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
