import assert from "node:assert/strict";
import { KAFKA_VERSIONS } from "../../config/kafka";
import settings from "./kafka-settings.json";
import { isDynamic } from "./dynamic-settings";

const broker = settings.broker as Readonly<Record<string, readonly { readonly versions?: readonly string[] }[]>>;
const all: readonly string[] = KAFKA_VERSIONS.kraft;
const dynamic = Object.keys(broker).filter(isDynamic);

describe("isDynamic", () => {
  it("include only settings that every version has", () => {
    assert.ok(dynamic.length > 40, `only ${dynamic.length} settings are dynamic`);
    assert.deepEqual(
      dynamic.filter((name) => new Set(broker[name]?.flatMap(({ versions = all }) => versions)).size < all.length),
      [],
    );
  });

  it("include no settings of a single broker, of listeners or of security", () => {
    assert.deepEqual(
      dynamic.filter((name) => /listener|^ssl\.|^sasl\.|^broker\.|principal|log\.dirs/.test(name)),
      [],
    );
  });

  it("distinguish retention settings: Kafka accepts milliseconds at run time, hours only at a start", () => {
    assert.deepEqual(["log.retention.ms", "log.retention.minutes", "log.retention.hours"].map(isDynamic), [
      true,
      false,
      false,
    ]);
  });
});
