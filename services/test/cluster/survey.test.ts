import assert from "node:assert/strict";
import type { ClusterView, PartitionView } from "../../src/kafka/client.js";
import { type Answers, stateOf, survey } from "../../src/cluster/survey.js";

/** A cluster with these running brokers and topics. */
const view = (brokers: readonly number[], topics: Readonly<Record<string, readonly PartitionView[]>>): ClusterView => ({
  clusterId: "test",
  controllerId: 0,
  brokers: new Map(brokers.map((id) => [id, { id, host: `broker-${id}`, port: 9092, rack: `rack-${id}` }])),
  topics: new Map(
    Object.entries(topics).map(([name, partitions]) => [name, { name, id: name, internal: false, partitions }]),
  ),
});
const partition = (index: number, leader: number, replicas: readonly number[], isr = replicas): PartitionView => ({
  index,
  leader,
  replicas,
  isr,
});
const answers = (given: Partial<Answers> & Pick<Answers, "view">): Answers => ({
  registered: undefined,
  moves: { value: [] },
  controllers: { value: { leader: 100, voters: [] } },
  cordoned: new Map(),
  disks: new Map(),
  doubt: null,
  ...given,
});

describe("A snapshot of the cluster", () => {
  for (const [name, given, adding, expected] of [
    ["in order", partition(0, 1, [1, 2, 3]), [], "."],
    ["offline without a leader, whoever is in sync", partition(0, -1, [1, 2, 3]), [], "X"],
    ["under-replicated when a replica is not in sync", partition(0, 1, [1, 2, 3], [1, 3]), [], "U"],
    ["not led by its preferred leader", partition(0, 2, [1, 2, 3]), [], "L"],
    ["under-replicated, also when another leads it", partition(0, 2, [1, 2, 3], [2]), [], "U"],
    ["in order while it only gets one more replica", partition(0, 1, [4, 1, 2], [1, 2]), [4], "."],
    ["under-replicated when it misses one that it had before the move", partition(0, 1, [4, 1, 2], [1]), [4], "U"],
  ] as const) {
    it(`says of a partition that it is ${name}`, () => {
      assert.equal(stateOf(given, adding), expected);
    });
  }

  it("counts leaders, replicas and those out of sync by broker, with brokers that are away", () => {
    const { brokers, totals, attention, topics } = survey(
      answers({
        view: view([1, 2], {
          orders: [partition(0, 1, [1, 2, 3], [1, 2]), partition(1, -1, [3]), partition(2, 1, [2, 1], [2, 1])],
          idle: [partition(0, 2, [2, 1])],
        }),
        registered: [
          { id: 1, host: "", port: 1, rack: "rack-1", fenced: false },
          { id: 2, host: "", port: 1, rack: "rack-2", fenced: false },
          { id: 3, host: "", port: 1, rack: "rack-3", fenced: true },
          { id: 4, host: "", port: 1, rack: null, fenced: true },
        ],
        cordoned: new Map([
          [1, false],
          [2, true],
        ]),
      }),
    );
    assert.deepEqual(
      brokers.map(({ id, rack, running, leaders, replicas, outOfSync, cordoned }) =>
        [id, rack, running, leaders, replicas, outOfSync, cordoned].join(" "),
      ),
      ["1 rack-1 true 2 3 0 false", "2 rack-2 true 1 3 0 true", "3 rack-3 false 0 2 2 ", "4  false 0 0 0 "],
    );
    assert.deepEqual(totals, { topics: 2, partitions: 4, offline: 1, underReplicated: 1, notPreferred: 1 });
    assert.deepEqual(
      attention.rows.map(({ topic, index, state }) => `${topic}-${index} ${state}`),
      ["orders-1 X", "orders-0 U", "orders-2 L"],
    );
    assert.deepEqual(
      topics.map(({ name, map }) => `${name} ${map}`),
      ["orders UXL", "idle ."],
    );
  });

  it("does not call a broker running that the controllers have fenced", () => {
    const fenced = [{ id: 1, host: "", port: 1, rack: null, fenced: true }];
    assert.equal(survey(answers({ view: view([1], {}), registered: fenced })).brokers[0]?.running, false);
  });

  it("knows a broker by its replicas, where Kafka lists only those that run", () => {
    const { brokers } = survey(answers({ view: view([1], { orders: [partition(0, 1, [1, 2], [1])] }) }));
    assert.deepEqual(
      brokers.map(({ id, running }) => [id, running]),
      [
        [1, true],
        [2, false],
      ],
    );
  });

  it("says what moves, from where to where, and that it does not know", () => {
    const move = { topic: "orders", partition: 0, replicas: [3, 1, 2], adding: [3], removing: [1] };
    const orders = { orders: [partition(0, 1, [3, 1, 2], [1, 2])] };
    const moving = survey(answers({ view: view([1, 2, 3], orders), moves: { value: [move] } }));
    assert.deepEqual(moving.moves, {
      value: { rows: [{ topic: "orders", partition: 0, from: [1, 2], to: [3, 2] }], total: 1 },
    });
    assert.equal(moving.topics[0]?.map, ".");
    assert.equal(moving.brokers[2]?.outOfSync, 0);
    const unknown = survey(answers({ view: view([1], {}), moves: { unknown: "refused" } }));
    assert.deepEqual(unknown.moves, { unknown: "refused" });
  });

  it("knows the disks of brokers that run, and not of those that do not any more", () => {
    const disk = { fullest: { size: 100, free: 40 }, directories: 1, failed: 0 };
    const disks = new Map([1, 2].map((id) => [id, disk]));
    const { brokers } = survey(answers({ view: view([1], { orders: [partition(0, 1, [1, 2], [1])] }), disks }));
    assert.deepEqual(
      brokers.map((broker) => broker.disk),
      [disk, null],
    );
  });

  it("is bounded, keeps the worst, and counts what it leaves out", () => {
    const topics = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [
        `topic-${String(index).padStart(2, "0")}`,
        Array.from({ length: 5 }, (__, each) => partition(each, index === 19 ? -1 : 1, [1])),
      ]),
    );
    const bounds = { topics: 3, partitions: 12, rows: 2 };
    const { totals, attention, topics: kept } = survey(answers({ view: view([1], topics) }), bounds);
    assert.deepEqual([totals.topics, totals.partitions, totals.offline], [20, 100, 5]);
    assert.deepEqual([attention.rows.length, attention.total], [2, 5]);
    assert.deepEqual(
      kept.map(({ name }) => name),
      ["topic-19", "topic-00"],
    );
  });

  it("of 100 brokers and 10,000 partitions is small, and quickly made", () => {
    const topics = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, topic) => [
        `topic-${topic}`,
        Array.from({ length: 10 }, (__, index) => {
          const first = (topic * 10 + index) % 100;
          return partition(index, first, [first, (first + 1) % 100, (first + 2) % 100]);
        }),
      ]),
    );
    const brokers = Array.from({ length: 100 }, (_, id) => id);
    const snapshot = survey(answers({ view: view(brokers, topics) }));
    assert.equal(snapshot.totals.partitions, 10_000);
    assert.ok(JSON.stringify(snapshot).length < 200_000);
  });
});
