import assert from "node:assert/strict";
import { kubectl } from "../support/kubectl";
import { assertSpread, identities } from "./brokers";
import { fault } from "./fault";
import { TOPIC } from "./load";
import { change } from "./stack";

/** Former pods that have been replaced. */
async function restartedSince(before: ReadonlyMap<string, string>): Promise<string[]> {
  const after = await identities();
  return [...before.keys()].filter((pod) => after.has(pod) && after.get(pod) !== before.get(pod));
}

const claims = (): Promise<string> => kubectl("get", "pvc", "-n", "kafka", "-o", "name");

describe("when the number of brokers changes", () => {
  fault("a broker is added", async () => {
    const before = await identities();
    await change({ replicas: "4", "storage.whenScaled": "delete" });
    assert.deepEqual(await restartedSince(before), []);
    await assertSpread(4);
  });

  fault("a broker is removed", async () => {
    const before = await identities();
    assert.match(await claims(), /-broker-3\n/);
    await change({ replicas: "3" });
    assert.deepEqual(await restartedSince(before), []);
    await assertSpread(3);
    assert.doesNotMatch(await claims(), /-broker-3\n/);
    assert.match(await claims(), /-broker-2\n/);
  });

  fault("three brokers are added", async () => {
    await change({ replicas: "6" });
    await assertSpread(6);
  });

  fault("three brokers are removed", async () => {
    await change({ replicas: "3" });
    await assertSpread(3);
  });

  fault("fewer brokers than a topic has replicas are refused, and nothing is removed", async () => {
    const before = await identities();
    const two = {
      replicas: "2",
      "topics[0].name": "chatroom",
      "topics[0].partitions": "12",
      "topics[0].replicationFactor": "2",
      'kafka.config["offsets.topic.replication.factor"]': "2",
      'kafka.config["transaction.state.log.replication.factor"]': "2",
      'kafka.config["transaction.state.log.min.isr"]': "1",
      'kafka.config["min.insync.replicas"]': "1",
      'kafka.config["default.replication.factor"]': "2",
    };
    await assert.rejects(
      change(two),
      new RegExp(`2 brokers cannot hold all topics: .*${TOPIC} has replication factor 3`),
    );
    assert.deepEqual(await identities(), before);
    await change();
  });
});
