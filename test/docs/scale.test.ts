import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PropertyMap } from "kafka-stack-engine";
import { recordStack } from "../support/stacks";

const PAGE = readFileSync(join(__dirname, "../../docs/scale.md"), "utf8");

/** How many objects each broker adds to a stack, by what is on the page, with the config for a number of brokers. */
const PER_BROKER: Readonly<Record<string, { objects: number; set: (brokers: number) => Record<string, unknown> }>> = {
  "`storageClass`": { objects: 1, set: () => ({}) },
  "`hostPath`": { objects: 2, set: () => ({ storage: { type: "hostPath" } }) },
  "`nfs`": {
    objects: 2,
    set: (brokers) => {
      const paths = Array.from({ length: brokers }, (_, ordinal) => `/export/broker-${ordinal}`);
      return { storage: { type: "nfs", servers: paths.map((path) => ({ server: "nfs.example.internal", path })) } };
    },
  },
  "`storageClass` with `kafka.external`": {
    objects: 2,
    set: () => ({ kafka: { external: { enabled: true, host: "kafka.example.com", nodePortBase: 31_000 } } }),
  },
};

/** Objects of a stack beside those of its brokers, at most. */
const MOST_OBJECTS = 80;

/** Bytes that each broker adds to all objects together, and to the largest one of those that know all brokers, at most. */
const MOST_BYTES = 2_000;
const MOST_BYTES_OF_ONE = 100;

/** Bytes of a declared topic without settings, and with a name of 20 characters, in the ConfigMap with the desired state, at most. */
const MOST_BYTES_OF_TOPIC = 130;

/** What Kubernetes takes of a ConfigMap's data, in bytes. */
const CONFIG_MAP = 1_048_576;

/** A stack's objects in Kubernetes, with their bytes. */
async function objectsOf(set: Readonly<Record<string, unknown>>): Promise<ReadonlyMap<string, number>> {
  const { resources } = await recordStack("production", { set });
  const objects = resources.filter(({ type }) => /^kubernetes:(?!helm)/.test(type));
  // The data of a ConfigMap as it is: in JSON its quotes would count twice.
  const sizeOf = ({ data, ...rest }: PropertyMap) =>
    Buffer.byteLength(JSON.stringify(rest)) + sum(Object.values(data ?? {}).map((text) => String(text).length));
  return new Map(objects.map(({ urn, inputs }) => [urn, sizeOf(inputs)]));
}

const sum = (sizes: Iterable<number>): number => [...sizes].reduce((total, size) => total + size, 0);

describe("docs/scale.md", function () {
  this.timeout(120_000);

  for (const [what, { objects, set }] of Object.entries(PER_BROKER)) {
    it(`says rightly that a broker with ${what} adds ${objects} to the objects, and little to their bytes`, async () => {
      assert.ok(hasRow(what, objects));
      const [few, some, many] = await Promise.all(
        [3, 30, 90].map((replicas) => objectsOf({ ...set(replicas), replicas })),
      );
      assert.ok(few && some && many);
      assert.ok(few.size - 3 * objects <= MOST_OBJECTS, `${few.size} objects with 3 brokers`);
      assert.equal(some.size - few.size, 27 * objects);
      assert.equal(many.size - some.size, 60 * objects);
      const added = (sum(many.values()) - sum(some.values())) / 60;
      assert.ok(added <= MOST_BYTES, `${added} bytes per broker`);
      for (const [urn, size] of many) {
        const grown = (size - (some.get(urn) ?? size)) / 60;
        assert.ok(grown <= MOST_BYTES_OF_ONE, `${urn} grows by ${grown} bytes per broker`);
      }
    });
  }

  it("says rightly how many topics can be declared", async () => {
    const topics = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        name: `topic-${String(index).padStart(14, "0")}`,
        partitions: 12,
        replicationFactor: 3,
      }));
    const [few, many] = await Promise.all([100, 1_100].map((count) => objectsOf({ topics: topics(count) })));
    assert.ok(few && many);
    const grown = Math.max(...[...many].map(([urn, size]) => (size - (few.get(urn) ?? size)) / 1_000));
    assert.ok(grown > 0 && grown <= MOST_BYTES_OF_TOPIC, `${grown} bytes per topic`);
  });

  it("says what these bounds are", () => {
    for (const figure of [
      `fewer than ${MOST_OBJECTS} objects`,
      `${MOST_BYTES.toLocaleString("en")} bytes`,
      `${MOST_BYTES_OF_ONE} bytes`,
      `${MOST_BYTES_OF_TOPIC} bytes`,
      `${(Math.floor(CONFIG_MAP / MOST_BYTES_OF_TOPIC / 1_000) * 1_000).toLocaleString("en")} topics`,
    ]) {
      assert.ok(PAGE.includes(figure), figure);
    }
  });
});

/** Whether the page has a row with this, however wide its columns are. */
const hasRow = (what: string, objects: number): boolean =>
  PAGE.split("\n").some((line) => {
    const [, name, number] = line.split("|").map((cell) => cell.trim());
    return name === what && number === String(objects);
  });
