import assert from "node:assert/strict";
import { listPartitionReassignmentsV0 } from "@platformatic/kafka";
import type { Cluster, ConfigResource } from "../../src/ops/cluster.js";
import { RefusedError } from "../../src/ops/refused.js";
import { applyClusterSettings } from "../../src/ops/settings.js";
import { applyTopics } from "../../src/ops/topics/apply.js";
import type { DeclaredTopic } from "../../src/ops/topics/declared.js";

const MIN_ISR = "min.insync.replicas";

/** A topic whose partitions have three replicas, and these of them in sync. */
interface Topic {
  readonly own?: Readonly<Record<string, string>>;
  readonly isr: (readonly number[])[];
  readonly replicas?: readonly number[];
}

/** A cluster of three brokers that keeps settings. */
class Kafka {
  /** Settings in the order in which they were made. */
  readonly set: string[] = [];
  readonly said: string[] = [];
  /** Called at each look at topics. */
  onLook: () => void = () => undefined;
  waitMs = 0;

  constructor(
    readonly topics: Readonly<Record<string, Topic>>,
    public byDefault: number | "unknown" = 1,
  ) {}

  applyTopic(config: Readonly<Record<string, string>>, minInsyncReplicas?: number): Promise<void> {
    const declared: DeclaredTopic = {
      name: "a",
      partitions: this.topics["a"]?.isr.length ?? 0,
      replicationFactor: 3,
      config,
    };
    return applyTopics(
      this.#cluster(),
      { topics: [declared], ...(minInsyncReplicas !== undefined && { minInsyncReplicas }) },
      { ...this.#options, throttle: 1_024, stall: 1, signal: new AbortController().signal },
    );
  }

  applyDefault(value: number): Promise<void> {
    return applyClusterSettings(this.#cluster(), { [MIN_ISR]: String(value), "log.retention.ms": "5" }, this.#options);
  }

  get #options() {
    return { waitMs: this.waitMs, print: (line: string) => this.said.push(line) };
  }

  #view() {
    this.onLook();
    return {
      brokers: new Map([0, 1, 2].map((id) => [id, { id, host: "", port: 0, rack: undefined }])),
      topics: new Map(
        Object.entries(this.topics).map(([name, { isr, replicas = [0, 1, 2] }]) => {
          const partitions = isr.map((ids, index) => ({ index, leader: ids[0] ?? -1, replicas, isr: ids }));
          return [name, { name, id: name, internal: false, partitions }];
        }),
      ),
    };
  }

  #cluster(): Cluster {
    return {
      describe: () => Promise.resolve(this.#view()),
      configOf: (resources: readonly ConfigResource[]) =>
        Promise.resolve(new Map(resources.map(({ name }) => [name, this.topics[name]?.own ?? {}]))),
      effectiveTopicConfig: (names: readonly string[]) =>
        Promise.resolve(
          new Map(names.map((name) => [name, this.topics[name]?.own?.[MIN_ISR] ?? String(this.byDefault)])),
        ),
      brokerSetting: () =>
        Promise.resolve(
          this.byDefault === "unknown" ? undefined : { used: String(this.byDefault), file: String(this.byDefault) },
        ),
      createTopics: () => Promise.resolve(),
      addPartitions: () => Promise.resolve(),
      request: (_what: string, _target: unknown, api: unknown) =>
        api === listPartitionReassignmentsV0.api ? Promise.resolve({ topics: [] }) : assert.fail(String(api)),
      alterConfig: ({ name }: ConfigResource, changes: Record<string, string | undefined>, validateOnly = false) => {
        if (!validateOnly) for (const [key, value] of Object.entries(changes)) this.set.push(`${name} ${key}=${value}`);
        return Promise.resolve();
      },
    } as unknown as Cluster;
  }
}

const IN_SYNC = [
  [0, 1, 2],
  [1, 2],
];

describe("min.insync.replicas", () => {
  it("of a topic is raised when enough replicas are in sync", async () => {
    const kafka = new Kafka({ a: { isr: IN_SYNC } });
    await kafka.applyTopic({ [MIN_ISR]: "2", "retention.ms": "7" });
    assert.deepEqual(kafka.set, ["a retention.ms=7", `a ${MIN_ISR}=2`]);
  });

  it("of a topic waits for replicas that come back", async () => {
    const isr = [[0, 1, 2], [1]];
    const kafka = new Kafka({ a: { isr } });
    kafka.waitMs = 30_000;
    let looks = 0;
    kafka.onLook = () => {
      looks += 1;
      if (looks > 4) isr[1] = [1, 0];
    };
    await kafka.applyTopic({ [MIN_ISR]: "2" });
    assert.deepEqual(kafka.set, [`a ${MIN_ISR}=2`]);
    assert.ok(kafka.said.includes(`Waiting for replicas before ${MIN_ISR} is raised: a-1 (1 of 3, without 0, 2).`));
  });

  it("of a topic stays as it is while too few are in sync, and other settings do not", async () => {
    const kafka = new Kafka({ a: { isr: [[0], [], [2, 1]] } });
    await assert.rejects(kafka.applyTopic({ [MIN_ISR]: "2", "retention.ms": "7" }), (error: Error) => {
      assert.ok(error instanceof RefusedError);
      assert.match(error.message, /not raised, .*: a-0 \(1 of 3, without 1, 2\), a-1 \(0 of 3, without 0, 1, 2\)\. /);
      assert.match(error.message, /would be refused .* The lower value stays, .* bring them back, then run this again/);
      return true;
    });
    assert.deepEqual(kafka.set, ["a retention.ms=7"]);
  });

  it("of a topic is lowered at once, with whatever is in sync", async () => {
    const kafka = new Kafka({ a: { isr: [[0]], own: { [MIN_ISR]: "3" } } });
    await kafka.applyTopic({ [MIN_ISR]: "2" });
    assert.deepEqual(kafka.set, [`a ${MIN_ISR}=2`]);
  });

  it("of a topic is raised, too, when the topic loses its own value and the default is higher", async () => {
    const topics = { a: { isr: [[0]], own: { [MIN_ISR]: "1" } } };
    await assert.rejects(new Kafka(topics).applyTopic({}, 2), /not raised/);
    await assert.rejects(new Kafka(topics, 2).applyTopic({}), /not raised/);
    await assert.rejects(new Kafka(topics, "unknown").applyTopic({}), /No broker says what min\.insync\.replicas is/);
    const same = new Kafka(topics, 1);
    await same.applyTopic({});
    assert.deepEqual(same.set, [`a ${MIN_ISR}=undefined`]);
  });

  it("by default is raised when enough replicas of all topics that inherit it are in sync, and nothing is changed before", async () => {
    const narrow = { isr: [[0]], replicas: [0] };
    const short = new Kafka({ a: { isr: [[0]] }, narrow });
    await assert.rejects(short.applyDefault(2), /not raised, .*: a-0/);
    assert.deepEqual(short.set, []);
    const fine = new Kafka({ a: { isr: IN_SYNC }, own: { isr: [[0]], own: { [MIN_ISR]: "1" } }, narrow });
    await fine.applyDefault(2);
    assert.deepEqual(fine.set, [` ${MIN_ISR}=2`, " log.retention.ms=5"]);
    assert.ok(fine.said.some((line) => /^With fewer replicas than 2, .*: narrow\. Give them more/.test(line)));
    const lowered = new Kafka({ a: { isr: [[0]] } }, 3);
    await lowered.applyDefault(2);
    assert.equal(lowered.set.length, 2);
  });
});
