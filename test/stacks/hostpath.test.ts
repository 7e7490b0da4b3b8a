import assert from "node:assert/strict";
import { up } from "../e2e/support/stack";
import { voters } from "../e2e/support/voters";
import { identities } from "../faults/brokers";
import { life } from "./life";

life({ stack: "kraft-quickstart", servers: { broker: 3 }, room: { partitions: 12, replicationFactor: 3 } }, () => {
  it("takes two more brokers that are controllers, too, and makes controllers fewer again while the brokers stay", async () => {
    const before = await identities();
    await up("kraft-quickstart", "replicas=5", "controllers.replicas=5");
    assert.deepEqual(await voters(), [0, 1, 2, 3, 4]);
    const five = await identities();
    for (const [pod, uid] of before) assert.equal(five.get(pod), uid, pod);

    await up("kraft-quickstart", "replicas=5");
    assert.deepEqual(await voters(), [0, 1, 2]);
    assert.deepEqual(await identities(), five);

    await up("kraft-quickstart");
    assert.deepEqual([...(await identities()).keys()].sort(), [...before.keys()].sort());
  });
});

life({
  stack: "cndjp3",
  servers: { broker: 4, zookeeper: 3, "zookeeper-ephemeral": 2 },
  room: { partitions: 12, replicationFactor: 4 },
});
