import assert from "node:assert/strict";
import type { Cluster } from "../../src/ops/cluster.js";
import { cordonBrokers, cordonLeaving, uncordon, unlessRefused } from "../../src/ops/cordon.js";
import { InterruptedError, RefusedError } from "../../src/ops/refused.js";

/** Brokers 0 to 3, some of them cordoned, and some that do not answer. */
class Brokers {
  readonly said: string[] = [];
  readonly cordoned: Set<number>;

  constructor(
    cordoned: readonly number[],
    private readonly silent: readonly number[] = [],
  ) {
    this.cordoned = new Set(cordoned);
  }

  readonly print = (line: string): void => {
    this.said.push(line);
  };

  get cluster(): Cluster {
    return {
      describe: () => Promise.resolve({ brokers: new Map([0, 1, 2, 3].map((id) => [id, {}])) }),
      configOf: (resources: readonly { name: string }[]) =>
        Promise.resolve(
          new Map(
            resources
              .filter(({ name }) => !this.silent.includes(Number(name)))
              .map(({ name }) => [name, this.cordoned.has(Number(name)) ? { "cordoned.log.dirs": "*" } : {}]),
          ),
        ),
      alterConfig: ({ name }: { name: string }, changes: Readonly<Record<string, string | undefined>>) => {
        if (this.silent.includes(Number(name))) return Promise.reject(new RefusedError("No answer."));
        if (changes["cordoned.log.dirs"] === undefined) this.cordoned.delete(Number(name));
        else this.cordoned.add(Number(name));
        return Promise.resolve();
      },
    } as unknown as Cluster;
  }
}

describe("cordoning", () => {
  const prepare = (brokers: Brokers, end: () => Promise<void>) =>
    unlessRefused(
      async (cordoned) => {
        cordoned.push(...(await cordonLeaving(brokers.cluster, { keep: [0, 1], print: brokers.print })));
        await end();
      },
      (cordoned) => uncordon(brokers.cluster, cordoned, brokers.print),
    );

  it("is taken back when the change is refused, except what was so before", async () => {
    const brokers = new Brokers([2]);
    await assert.rejects(
      prepare(brokers, () => {
        assert.deepEqual([...brokers.cordoned], [2, 3]);
        return Promise.reject(new RefusedError("No."));
      }),
      /No\./,
    );
    assert.deepEqual([...brokers.cordoned], [2]);
  });

  it("stays when the change is done, or only interrupted", async () => {
    const brokers = new Brokers([]);
    await prepare(brokers, () => Promise.resolve());
    assert.deepEqual([...brokers.cordoned], [2, 3]);
    const others = new Brokers([]);
    await assert.rejects(prepare(others, () => Promise.reject(new InterruptedError())));
    assert.deepEqual([...others.cordoned], [2, 3]);
  });

  it("changes nothing when a broker does not answer", async () => {
    const brokers = new Brokers([], [1]);
    const { cluster, print } = brokers;
    await assert.rejects(cordonBrokers(cluster, { brokers: [0, 1], cordoned: [0], print }), /Broker 1 does not answer/);
    assert.deepEqual([...brokers.cordoned], []);
  });
});
