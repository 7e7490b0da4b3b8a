import assert from "node:assert/strict";
import fc from "fast-check";
import { withDefaultSettings, type SettingsBasis } from "./default-settings";
import { withDefaultsOfTopics } from "./default-topics";

const basis: fc.Arbitrary<SettingsBasis> = fc.record({
  mode: fc.constantFrom("kraft", "zookeeper"),
  brokers: fc.integer({ min: 1, max: 12 }),
  version: fc.constantFrom("4.3.1", "3.9.2"),
});

const copies = fc.integer({ min: 1, max: 12 });
const settings = fc.record(
  {
    "default.replication.factor": copies,
    "min.insync.replicas": fc.oneof(copies, copies.map(String)),
    "transaction.state.log.replication.factor": copies,
    "unclean.leader.election.enable": fc.boolean(),
    "broker.heartbeat.interval.ms": fc.integer({ min: 100, max: 60_000 }),
    "socket.connection.setup.timeout.ms": fc.integer({ min: 100, max: 60_000 }),
    "log.retention.hours": fc.integer({ min: -1, max: 1_000 }),
  },
  { requiredKeys: [] },
);

const topics = fc.array(
  fc.record(
    { name: fc.constant("orders"), partitions: copies, replicationFactor: copies, config: settings },
    { requiredKeys: ["name"] },
  ),
  { maxLength: 3 },
);

describe("default settings", () => {
  it("can be filled in twice: by the config, and by the component that it passes them to", () => {
    fc.assert(
      fc.property(basis, settings, topics, (given, written, declared) => {
        const once = withDefaultSettings(given, written);
        assert.deepEqual(withDefaultSettings(given, once), once);
        const complete = withDefaultsOfTopics(given, written, declared);
        assert.deepEqual(withDefaultsOfTopics(given, once, complete), complete);
      }),
    );
  });

  it("never override written settings", () => {
    fc.assert(
      fc.property(basis, settings, topics, (given, written, declared) => {
        const all = withDefaultSettings(given, written);
        for (const [name, value] of Object.entries(written)) assert.equal(all[name], value, name);
        withDefaultsOfTopics(given, written, declared).forEach((topic, index) => {
          const { partitions, replicationFactor, config } = declared[index] ?? {};
          assert.equal(topic.partitions, partitions ?? topic.partitions);
          assert.equal(topic.replicationFactor, replicationFactor ?? topic.replicationFactor);
          for (const [name, value] of Object.entries(config ?? {})) assert.equal(topic.config[name], value, name);
        });
      }),
    );
  });

  it("require more than one disk for every acknowledged record, from three brokers up, and let one broker be away", () => {
    for (let brokers = 1; brokers <= 12; brokers++) {
      for (const version of ["4.3.1", "3.9.2"]) {
        const all = withDefaultSettings({ mode: "kraft", brokers, version }, {});
        const pairs = [
          ["default.replication.factor", "min.insync.replicas"],
          ["transaction.state.log.replication.factor", "transaction.state.log.min.isr"],
          ...(version === "4.3.1"
            ? [["share.coordinator.state.topic.replication.factor", "share.coordinator.state.topic.min.isr"]]
            : []),
        ];
        for (const [factor = "", inSync = ""] of pairs) {
          assert.equal(all[factor], Math.min(3, brokers), `${factor} of ${brokers} brokers`);
          assert.equal(all[inSync], brokers >= 3 ? 2 : 1, `${inSync} of ${brokers} brokers`);
        }
        assert.equal(all["offsets.topic.replication.factor"], Math.min(3, brokers));
        assert.equal(all["unclean.leader.election.enable"], false);
      }
    }
  });
});
