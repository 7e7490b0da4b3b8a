import assert from "node:assert/strict";
import { initialVoters, autoJoinsQuorum } from "./quorum";

const CLUSTER = "abcdefghijklmnopqrstuv";

describe("quorum", () => {
  it("is joined only by controllers of Kafka 4", () => {
    assert.deepEqual(["3.9.2", "4.2.1", "4.3.1"].map(autoJoinsQuorum), [false, true, true]);
  });

  it("begins with voters by node id, address and directory, as kafka-storage.sh reads them", () => {
    const voters = initialVoters(CLUSTER, "controller", 3).split(",");
    assert.equal(voters.length, 3);
    for (const [ordinal, voter] of voters.entries()) {
      const [, id, address, directory] = /^(\d+)@(.+:9093):([A-Za-z0-9_-]{22})$/.exec(voter) ?? [];
      assert.equal(Number(id), 9000 + ordinal);
      assert.equal(address, `controller-${ordinal}.controller:9093`);
      assert.equal(Buffer.from(directory ?? "", "base64url").length, 16);
    }
  });

  it("gives each directory its own, constant id", () => {
    const directories = (cluster: string) => initialVoters(cluster, "broker", 5).match(/[^:]{22}(?=,|$)/g) ?? [];
    const all = [...directories(CLUSTER), ...directories("AAAAAAAAAAAAAAAAAAAAAA")];
    assert.equal(new Set(all).size, 10);
    assert.equal(initialVoters(CLUSTER, "broker", 5), initialVoters(CLUSTER, "broker", 5));
  });
});
