import assert from "node:assert/strict";
import { history, post } from "../support/history";
import { get } from "../support/kubectl";
import { down, preview, up } from "../support/stack";
import { until } from "../support/until";
import { voters } from "../support/voters";
import { identities } from "../faults/brokers";
import { whileVolumesStay } from "./kept-volumes";
import { life } from "./life";
import { losesState } from "./lost-state";

interface Volumes {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly phase: string };
  }[];
}

/** Names of the volumes whose claims are gone. */
async function released(): Promise<string[]> {
  const { items } = await get<Volumes>("persistentvolumes", "-l", "app.kubernetes.io/part-of=kafka-stack");
  return items.filter(({ status }) => status.phase === "Released").map(({ metadata }) => metadata.name);
}

life({ stack: "kraft-quickstart", servers: { broker: 3 }, room: { partitions: 12, replicationFactor: 3 } }, () => {
  it("takes two more brokers that are controllers, too, and reduces the controllers again while the brokers stay", async () => {
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

  it("goes on with three brokers after two were refused, as if nobody had asked", async () => {
    const [before, quorum] = [await identities(), await voters()];
    await assert.rejects(up("kraft-quickstart", "replicas=2"), /replication factor/i);
    await up("kraft-quickstart");
    assert.deepEqual([await identities(), await voters()], [before, quorum]);
  });

  it("stays in its namespace, and no other stack comes into it", async () => {
    const moved = preview("kraft-quickstart", "cluster.namespace=elsewhere");
    await assert.rejects(moved, /cluster\.namespace cannot change from kafka to elsewhere on a stack that has data/);
    await assert.rejects(
      preview("dev"),
      /namespace kafka\S* exists and belongs to the stack kafka-stack\/kraft-quickstart/,
    );
  });

  it("loses its state, and comes up again with its data", () => losesState("kraft-quickstart", "directories"));

  it("has the messages after it was taken down by somebody who may delete claims but no volumes", async () => {
    const text = `kraft-quickstart, released: ${process.hrtime.bigint()}`;
    assert.ok(await post(text));
    await whileVolumesStay("kafka-data-0-broker-0", async () => {
      await assert.rejects(down("kraft-quickstart"), /volumes-stay/);
    });
    await until("a volume is Released", 60, async () => ((await released()).length > 0 ? null : "none is"));
    const { printed } = await up("kraft-quickstart");
    assert.match(printed, /PersistentVolume \S+ was Released, and is free again/);
    assert.deepEqual(await released(), []);
    assert.ok((await history(1_000)).includes(text));
  });
});

life({
  stack: "cndjp3",
  servers: { broker: 4, zookeeper: 3, "zookeeper-ephemeral": 2 },
  room: { partitions: 12, replicationFactor: 4 },
});
