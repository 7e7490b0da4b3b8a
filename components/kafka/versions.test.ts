import assert from "node:assert/strict";
import { KAFKA_VERSIONS } from "../../config/kafka";
import { featuresOf } from "./versions";

describe("features of Kafka's versions", () => {
  it("are known for every version that a stack may run", () => {
    for (const version of [...KAFKA_VERSIONS.kraft, ...KAFKA_VERSIONS.zookeeper]) {
      assert.equal(typeof featuresOf(version).autoJoinsQuorum, "boolean", version);
    }
    assert.ok(KAFKA_VERSIONS.zookeeper.every((version) => !featuresOf(version).onlyKraft));
  });

  for (const version of ["5.0.0", "2.8.2", "40.0.0", "4", "4.1.0", "", "constructor.1"]) {
    it(`are not guessed for ${version === "" ? "none" : version}`, () => {
      assert.throws(
        () => featuresOf(version),
        /^Error: Nothing is known of Kafka .*; known are 3\.x, 4\.2\.x and 4\.3\.x\.$/,
      );
    });
  }
});
