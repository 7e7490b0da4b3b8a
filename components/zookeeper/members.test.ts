import assert from "node:assert/strict";
import fc from "fast-check";
import { memberLines, serverSets } from "./members";

const ensemble = fc
  .integer({ min: 1, max: 9 })
  .chain((replicas) => fc.tuple(fc.constant(replicas), fc.integer({ min: 1, max: replicas })));
const idsOf = (lines: readonly string[]) => lines.map((line) => Number(/^server\.(\d+)=/.exec(line)?.[1]));

describe("ZooKeeper members", () => {
  it("are one set of servers when all have volumes", () => {
    assert.deepEqual(serverSets(3, 3), [{ pool: "zookeeper", replicas: 3, firstId: 1, persistent: true }]);
  });

  it("are two sets when only the first have volumes", () => {
    assert.deepEqual(
      serverSets(5, 3).map(({ pool, replicas, persistent }) => ({ pool, replicas, persistent })),
      [
        { pool: "zookeeper", replicas: 3, persistent: true },
        { pool: "zookeeper-ephemeral", replicas: 2, persistent: false },
      ],
    );
  });

  it("are written in ZooKeeper's form, by the names of their pods", () => {
    assert.deepEqual(memberLines(serverSets(3, 2)), [
      "server.1=zookeeper-0.zookeeper:2888:3888:participant;2181",
      "server.2=zookeeper-1.zookeeper:2888:3888:participant;2181",
      "server.101=zookeeper-ephemeral-0.zookeeper-ephemeral:2888:3888:participant;2181",
    ]);
  });

  it("have distinct ids, as many as there are servers", () => {
    fc.assert(
      fc.property(ensemble, ([replicas, persistent]) => {
        const ids = idsOf(memberLines(serverSets(replicas, persistent)));
        assert.equal(new Set(ids).size, replicas);
      }),
    );
  });

  it("keep their id and address whatever the number of servers", () => {
    fc.assert(
      fc.property(ensemble, ensemble, ([replicas, persistent], [others, otherPersistent]) => {
        const addresses = new Map(
          memberLines(serverSets(replicas, persistent)).map((line) => line.split("=", 2) as [string, string]),
        );
        for (const line of memberLines(serverSets(others, otherPersistent))) {
          const [id = "", address] = line.split("=", 2);
          assert.equal(addresses.get(id) ?? address, address);
        }
      }),
    );
  });
});
