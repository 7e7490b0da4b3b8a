import assert from "node:assert/strict";
import { get, kubectl } from "../support/kubectl";
import { until } from "../support/until";
import { assertSpread, identities } from "./brokers";
import { endedUp } from "./ended-up";
import { fault } from "./fault";
import { change } from "./stack";

interface ConfigMap {
  readonly data: Readonly<Record<string, string>>;
}

const inKafka = ["-n", "kafka"];

/** Brings the stack to its config, after which a second `up` has nothing to do. @returns the output of the first one */
async function settled(changed: Readonly<Record<string, string>> = {}): Promise<string> {
  const { printed } = await change(changed);
  const again = await change();
  const { create, update, replace, delete: deleted } = again.changes;
  assert.deepEqual([create, update, replace, deleted], [0, 0, 0, 0], again.printed);
  return printed;
}

describe("when people change the stack's objects by hand", () => {
  fault("objects are edited and deleted, and are restored without a restart", async () => {
    const before = await identities();
    const nobody = JSON.stringify({ spec: { selector: { "app.kubernetes.io/component": "nobody" } } });
    await kubectl("patch", "service", "kafka-bootstrap", ...inKafka, "-p", nobody);
    const { data } = await get<ConfigMap>("configmap", "kafka-config", ...inKafka);
    const edited = { data: { "server.properties": `${data["server.properties"] ?? ""}nonsense=1\n` } };
    await kubectl("patch", "configmap", "kafka-config", ...inKafka, "--type=merge", "-p", JSON.stringify(edited));
    await kubectl("delete", "jobs", ...inKafka, "-l", "app.kubernetes.io/component=ops");
    await kubectl("delete", "poddisruptionbudgets", "--all", ...inKafka);
    await kubectl("delete", "service", "broker-1-external", ...inKafka);
    const printed = await settled();
    assert.match(printed, /Service broker-bootstrap: spec\.selector\S* was changed by kubectl/);
    assert.match(printed, /Service broker-external-1: is gone/);
    assert.deepEqual((await get<ConfigMap>("configmap", "kafka-config", ...inKafka)).data, data);
    assert.deepEqual(await identities(), before);
  });

  fault("brokers are added by hand, and are removed again", async () => {
    await kubectl("scale", "statefulset", "broker", ...inKafka, "--replicas=5");
    // They wait for volumes that nobody creates.
    await kubectl("wait", "pod", "broker-3", "broker-4", ...inKafka, "--for=create", "--timeout=120s");
    await settled();
    await assertSpread(3);
    // Their leftovers are in nobody's way.
    await settled({ replicas: "4" });
    await assertSpread(4);
    await settled({ replicas: "3" });
  });

  fault("a broker's pod is deleted in the midst of a roll", async () => {
    const before = await identities();
    const rolled = change({ "kafka.heap": "500m" });
    // Checked again below; an earlier failure must not end the process.
    rolled.catch(() => undefined);
    await until("the roll has begun", 600, async () =>
      (await identities()).get("broker-2") === before.get("broker-2") ? "it has not" : null,
    );
    await kubectl("delete", "pod", "broker-0", ...inKafka, "--wait=false");
    await rolled;
    await settled();
  });

  fault("one broker more is begun, reverted, and then two are wanted", async () => {
    await endedUp({ replicas: "4" }, "SIGKILL", 20);
    await settled({ replicas: "3" });
    await settled({ replicas: "5" });
    await assertSpread(5);
    await settled({ replicas: "3" });
    await assertSpread(3);
  });
});
