import assert from "node:assert/strict";
import fc from "fast-check";
import { isDynamic } from "./dynamic-settings";
import { serverProperties, type Metadata, type Settings } from "./settings";

const KRAFT: Metadata = { mode: "kraft" };

const COMMON = [
  "inter.broker.listener.name=INTERNAL",
  "listener.security.protocol.map=CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
];
const lines = (text: string) => text.split("\n").filter((line) => line !== "");

describe("serverProperties", () => {
  it("renders settings in the order of their names", () => {
    assert.deepEqual(lines(serverProperties(KRAFT, { "num.partitions": 3, "auto.create.topics.enable": false }).text), [
      "auto.create.topics.enable=false",
      "controller.listener.names=CONTROLLER",
      ...COMMON,
      "num.partitions=3",
    ]);
  });

  it("renders the address of a ZooKeeper ensemble", () => {
    assert.deepEqual(lines(serverProperties({ mode: "zookeeper", connect: "zookeeper:2181" }, {}).text), [
      ...COMMON,
      "zookeeper.connect=zookeeper:2181",
    ]);
  });

  it("lets no setting open what certificates close", () => {
    const { text } = serverProperties(KRAFT, { "ssl.client.auth": "none", "ssl.protocol": "TLS" }, "tls");
    assert.ok(lines(text).includes("ssl.client.auth=required"));
    assert.ok(
      lines(text).includes("listener.security.protocol.map=CLIENT:SSL,INTERNAL:SSL,EXTERNAL:SSL,CONTROLLER:SSL"),
    );
    assert.notEqual(serverProperties(KRAFT, {}, "tls").restartHash, serverProperties(KRAFT, {}).restartHash);
  });

  it("lets no setting override the layout", () => {
    const { text } = serverProperties(KRAFT, { "inter.broker.listener.name": "OTHER" });
    assert.ok(lines(text).includes("inter.broker.listener.name=INTERNAL"));
    assert.ok(!text.includes("OTHER"));
  });

  it("escapes characters that java.util.Properties would not read back", () => {
    const { text } = serverProperties(KRAFT, { "ssl.principal.mapping.rules": "RULE:^CN=(.*)\\.x$/$1/" });
    assert.ok(text.includes("ssl.principal.mapping.rules=RULE:^CN=(.*)\\\\.x$/$1/\n"));
  });

  it("returns the dynamic settings, which do not change the hash", () => {
    const one = serverProperties(KRAFT, { "log.retention.ms": 1, "num.partitions": 3 });
    const other = serverProperties(KRAFT, { "log.retention.ms": 2, "num.partitions": 3 });
    assert.deepEqual(one.dynamic, { "log.retention.ms": 1 });
    assert.notEqual(one.text, other.text);
    assert.equal(one.restartHash, other.restartHash);
  });

  it("has another hash only when a setting changes that needs a restart", () => {
    const key = fc.constantFrom("log.retention.ms", "log.retention.hours", "message.max.bytes", "num.partitions");
    const settings: fc.Arbitrary<Settings> = fc.dictionary(key, fc.integer(), { noNullPrototype: true });
    const fixed = (all: Settings) =>
      JSON.stringify(
        Object.entries(all)
          .filter(([name]) => !isDynamic(name))
          .sort(),
      );
    fc.assert(
      fc.property(settings, settings, (one, other) => {
        const same = serverProperties(KRAFT, one).restartHash === serverProperties(KRAFT, other).restartHash;
        assert.equal(same, fixed(one) === fixed(other));
      }),
    );
  });

  it("does not depend on the order of the settings", () => {
    const settings = { "num.partitions": 3, "log.retention.hours": -1, "log.retention.ms": 5 };
    const reversed = Object.fromEntries(Object.entries(settings).reverse());
    assert.deepEqual(serverProperties(KRAFT, reversed), serverProperties(KRAFT, settings));
  });
});
