import assert from "node:assert/strict";
import fc from "fast-check";
import type { Cluster } from "../../src/ops/cluster.js";
import { RefusedError } from "../../src/ops/refused.js";
import { applyClusterSettings, checkClusterSettings } from "../../src/ops/settings.js";

/** Brokers with thread pools, as strict as Kafka's. Slow ones apply a new size only at a second request. */
class Brokers {
  readonly dynamic: Record<string, string> = {};
  readonly said: string[] = [];
  readonly set: (string | undefined)[] = [];
  readonly #used: number[];

  constructor(
    readonly file: number,
    brokers: number,
    readonly refused: readonly string[] = [],
    readonly slow = false,
    readonly silent = false,
  ) {
    this.#used = Array.from({ length: brokers }, () => file);
  }

  apply(declared: Record<string, string>): Promise<void> {
    return applyClusterSettings(this.#cluster(), declared, {
      waitMs: this.silent ? 0 : 5_000,
      print: (line) => this.said.push(line),
    });
  }

  check(declared: Record<string, string>): Promise<void> {
    return checkClusterSettings(this.#cluster(), declared, { print: (line) => this.said.push(line) });
  }

  #cluster(): Cluster {
    return {
      configOf: () => Promise.resolve(new Map([["", { ...this.dynamic }]])),
      describe: () => Promise.resolve({ brokers: new Map(this.#used.map((_, id) => [id, {}])) }),
      brokerSetting: (id: number) => {
        const before = this.#used[id];
        const wanted = Number(this.dynamic["num.io.threads"] ?? this.file);
        this.#used[id] = wanted;
        if (this.silent && id === 1 && wanted !== this.file) return Promise.resolve(undefined);
        return Promise.resolve({ used: String(this.slow ? before : wanted), file: String(this.file) });
      },
      alterConfig: (_resource: unknown, changes: Record<string, string | undefined>, validateOnly = false) => {
        for (const [key, value] of Object.entries(changes)) {
          const present = Number(this.dynamic["num.io.threads"] ?? this.file);
          const size = Number(value ?? this.file);
          const tooFar = key === "num.io.threads" && (size > present * 2 || size < Math.floor(present / 2));
          if (tooFar || this.refused.includes(key))
            return Promise.reject(new RefusedError("Kafka failed: INVALID_REQUEST"));
        }
        if (validateOnly) return Promise.resolve();
        for (const [key, value] of Object.entries(changes)) {
          if (key === "num.io.threads") this.set.push(value);
          if (value === undefined) Reflect.deleteProperty(this.dynamic, key);
          else this.dynamic[key] = value;
        }
        return Promise.resolve();
      },
    } as unknown as Cluster;
  }
}

describe("settings of all brokers", () => {
  it("resizes a thread pool in steps that Kafka accepts", async () => {
    const brokers = new Brokers(1, 3, [], true);
    await brokers.apply({ "num.io.threads": "9" });
    assert.deepEqual(brokers.set, ["2", "4", "8", "9"]);
    await brokers.apply({ "num.io.threads": "9" });
    assert.equal(brokers.said.at(-1), "All settings are as declared.");
    await brokers.apply({});
    assert.deepEqual(brokers.set.slice(4), ["5", "3", "2", undefined]);
  });

  it("resizes it from any size to any other, and back", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 64 }), async (file, size) => {
        const brokers = new Brokers(file, 2);
        await brokers.check({ "num.io.threads": String(size) });
        await brokers.apply({ "num.io.threads": String(size) });
        assert.deepEqual(brokers.dynamic, { "num.io.threads": String(size) });
        await brokers.apply({});
        assert.deepEqual(brokers.dynamic, {});
      }),
      { numRuns: 60 },
    );
  });

  it("does not assume that a broker applied a size before it says so", async () => {
    const brokers = new Brokers(1, 3, [], false, true);
    await assert.rejects(
      brokers.apply({ "num.io.threads": "4" }),
      /applied num\.io\.threads = 2 .* they have 2, no answer, 2/,
    );
  });

  it("names the settings that Kafka refuses, and changes nothing", async () => {
    const brokers = new Brokers(1, 3, ["log.retention.ms"]);
    const declared = { "log.retention.ms": "x", "message.max.bytes": "5", "num.io.threads": "4" };
    for (const attempt of [() => brokers.check(declared), () => brokers.apply(declared)]) {
      await assert.rejects(attempt, /^RefusedError: log\.retention\.ms: x is refused: Kafka failed: INVALID_REQUEST$/);
    }
    assert.deepEqual(brokers.dynamic, {});
  });
});
