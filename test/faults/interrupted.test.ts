import assert from "node:assert/strict";
import { kubectl } from "../support/kubectl";
import { assertSpread, identities } from "./brokers";
import { fault } from "./fault";
import { runningJobPod } from "./job-pods";
import { killedUp } from "./killed-up";
import { change } from "./stack";

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
    const noSuchOption = { "pods.broker.env[0].name": "KAFKA_OPTS", "pods.broker.env[0].value": "-XX:NoSuchOption" };
    await killedUp(/broker-2.*(CrashLoopBackOff|Error|restart)/i, noSuchOption);
    const after = await identities();
    assert.equal(after.get("broker-0"), before.get("broker-0"));
    assert.equal(after.get("broker-1"), before.get("broker-1"));
    await change({ "kafka.heap": "480m" });
  });
});
