import assert from "node:assert/strict";
import fc from "fast-check";
import { KafkaClient } from "../../src/kafka/client.js";
import { expose } from "../../src/lag/exposition.js";
import { LagModel } from "../../src/lag/model.js";
import { Arrays } from "../../src/lag/positions.js";
import { goRound } from "../../src/lag/round.js";
import { FakeKafka, log } from "./fake-kafka.js";

const SECOND = 1_000;
/** When the records of a test were written, in milliseconds: their age grows while the test runs. */
let written = 0;
const ago = (...seconds: readonly number[]) => log(...seconds.map((each) => written - each * SECOND));
/** Whether a record's age is right: at least what it was when the test began, and at most that and the time since, give or take the exporter's precision. */
const isAge = (found: number, began: number, precision: number) =>
  found >= began && found <= began + (Date.now() - written) / SECOND + precision;

describe("A round of the lag exporter", () => {
  let kafka: FakeKafka;
  let client: KafkaClient;
  let model: LagModel;
  const limit = 1_000;
  let arrays: Arrays;

  before(async () => {
    kafka = await FakeKafka.start();
  });
  after(() => {
    kafka.close();
  });
  beforeEach(() => {
    written = Date.now();
    kafka.state.topics = { orders: [ago(600, 300, 100, 10), ago(50)], idle: [log()] };
    kafka.state.groups = { billing: { offsets: { orders: [1, 1], idle: [0] } } };
    kafka.state.errors = {};
    kafka.state.silent.clear();
    model = new LagModel();
    arrays = new Arrays(limit);
    client = new KafkaClient({ bootstrap: [{ host: "127.0.0.1", port: kafka.port }], clientId: "test" });
  });
  afterEach(() => client.close());

  /** The lines of some metrics, as Prometheus gets them. */
  const lines = (...names: readonly string[]): string[] =>
    Buffer.concat([...expose(model, Date.now)])
      .toString()
      .split("\n")
      .filter((line) => names.some((name) => line.startsWith(`${name}{`)));
  const lags = (): string[] =>
    lines("kafka_consumergroup_lag").map((line) => line.replace("kafka_consumergroup_lag", ""));
  const seconds = (): Record<string, number> =>
    Object.fromEntries(
      lines("kafka_consumergroup_lag_seconds").map((line) => {
        const [, group = "", topic = "", partition = "", value] =
          /consumergroup="(.*?)".*topic="(.*?)",partition="(\d+)"} (.*)/.exec(line) ?? [];
        return [`${group} ${topic}-${partition}`, Number(value)];
      }),
    );

  const troubles = async (): Promise<Record<string, number>> => {
    const found = await goRound(client, model, arrays);
    return Object.fromEntries([...found.reasons.keys()].map((what) => [what, found.of(what)]));
  };

  it("reports a group's lag in records and in time", async () => {
    assert.deepEqual(await troubles(), {});
    assert.deepEqual(lags(), [
      '{consumergroup="billing",type="classic",topic="orders",partition="0"} 3',
      '{consumergroup="billing",type="classic",topic="orders",partition="1"} 0',
      '{consumergroup="billing",type="classic",topic="idle",partition="0"} 0',
    ]);
    const { "billing orders-0": late = 0, ...others } = seconds();
    assert.ok(isAge(late, 300, 5), String(late));
    assert.deepEqual(others, { "billing orders-1": 0, "billing idle-0": 0 });
    assert.deepEqual(lines("kafka_consumergroup_state", "kafka_topic_partition_current_offset"), [
      'kafka_consumergroup_state{consumergroup="billing",type="classic",state="Stable"} 1',
      'kafka_topic_partition_current_offset{topic="orders",partition="0"} 4',
      'kafka_topic_partition_current_offset{topic="orders",partition="1"} 1',
      'kafka_topic_partition_current_offset{topic="idle",partition="0"} 0',
    ]);
  });

  it("follows the group, and asks only for new times", async () => {
    await troubles();
    kafka.asked.clear();
    await troubles();
    assert.equal(kafka.asked.get(2), 1, "the ends alone");
    kafka.state.groups = { billing: { offsets: { orders: [3, 0] } } };
    assert.deepEqual(await troubles(), {});
    const { "billing orders-0": last = 0, "billing orders-1": other = 0 } = seconds();
    assert.ok(isAge(last, 10, 2) && isAge(other, 50, 2), `${last} ${other}`);
  });

  it("drops groups and topics that are gone", async () => {
    await troubles();
    delete kafka.state.topics["idle"];
    kafka.state.groups = { billing: { offsets: { orders: [1, 1], idle: [0] } } };
    await troubles();
    assert.equal(lags().length, 2);
    kafka.state.groups = {};
    assert.deepEqual(await troubles(), {});
    assert.deepEqual(lags(), []);
  });

  it("leaves out unknown values, and counts them", async () => {
    await troubles();
    kafka.state.errors = { "orders-0": 6, "billing/idle-0": 51 };
    assert.deepEqual(await troubles(), { position: 1, end: 1 });
    assert.deepEqual(lags(), ['{consumergroup="billing",type="classic",topic="orders",partition="1"} 0']);
    kafka.state.errors = {};
    kafka.state.groups = { billing: { error: 15, offsets: {} }, other: { offsets: { orders: [-1, 0] } } };
    assert.deepEqual(await troubles(), { group: 1 });
    assert.deepEqual(lags(), ['{consumergroup="other",type="classic",topic="orders",partition="1"} 1']);
    // A group that ended between the list and the request.
    kafka.state.groups = { billing: { error: 69, offsets: {} } };
    assert.deepEqual(await troubles(), {});
  });

  it("does not mistake a position beyond the log for one without lag", async () => {
    kafka.state.groups = { billing: { offsets: { orders: [9, 1] } } };
    assert.deepEqual(await troubles(), { position: 1 });
    assert.equal(lags().length, 1);
  });

  for (const [name, request, what] of [
    ["metadata", 3, "cluster"],
    ["list of groups", 16, "coordinator"],
    ["positions", 9, "group"],
  ] as const) {
    it(`says nothing when a broker does not answer about its ${name}`, async () => {
      await troubles();
      kafka.state.silent.add(request);
      assert.deepEqual(await troubles(), { [what]: 1 });
      assert.deepEqual(lags(), []);
      kafka.state.silent.clear();
      assert.deepEqual(await troubles(), {});
      assert.equal(lags().length, 3);
    });
  }

  it("reports no lag when a broker does not answer about its logs", async () => {
    await troubles();
    kafka.state.silent.add(2);
    assert.deepEqual(await troubles(), { end: 3 });
    assert.deepEqual([lags(), seconds()], [[], {}]);
  });

  it("takes a share group's lag from the broker's count, and its age from the first unfinished record", async () => {
    kafka.state.groups = {
      workers: { type: "share", offsets: { orders: [1, 0] }, left: { orders: [2, -1] } },
    };
    assert.deepEqual(await troubles(), {});
    assert.deepEqual(lags(), [
      '{consumergroup="workers",type="share",topic="orders",partition="0"} 2',
      '{consumergroup="workers",type="share",topic="orders",partition="1"} 1',
    ]);
    assert.ok((seconds()["workers orders-0"] ?? 0) >= 300);
  });

  it("keeps no more positions than allowed, and counts the groups that are left out", async () => {
    arrays = new Arrays(4);
    kafka.state.groups = { one: { offsets: { orders: [0, 0] } }, two: { offsets: { orders: [0, 0], idle: [0] } } };
    assert.deepEqual(await troubles(), { memory: 1 });
    assert.equal(lags().length, 2);
    // The last round's arrays become free only once it has ended.
    kafka.state.groups = { three: { offsets: { idle: [0] } } };
    await troubles();
    assert.deepEqual(await troubles(), {});
  });

  it("escapes labels as Prometheus reads them", async () => {
    kafka.state.groups = { 'a"b\\c\nd': { offsets: { idle: [0] } } };
    await troubles();
    assert.deepEqual(lags(), ['{consumergroup="a\\"b\\\\c\\nd",type="classic",topic="idle",partition="0"} 0']);
  });

  it("reports the lag of arbitrary groups", async () => {
    const positions = fc.array(fc.integer({ min: -1, max: 30 }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 3, maxLength: 3 }),
        fc.dictionary(fc.constantFrom("a", "b", "c", "d"), positions),
        async (ends, groups) => {
          written = Date.now();
          kafka.state.topics = {
            t: ends.map((end) => log(...Array.from({ length: end }, (_, i) => written - 100_000 + i))),
          };
          kafka.state.groups = Object.fromEntries(
            Object.entries(groups).map(([name, t]) => [name, { offsets: { t } }]),
          );
          model.clear();
          await goRound(client, model, arrays);
          const expected = Object.entries(groups).flatMap(([name, offsets]) =>
            offsets.flatMap((offset, partition) => {
              const lag = (ends[partition] ?? 0) - offset;
              return offset < 0 || lag < 0 ? [] : [`${name}-${partition} ${lag} ${lag === 0 ? 0 : 100}`];
            }),
          );
          const late = seconds();
          const found = lags().map((line) => {
            const [, group = "", partition = "", lag = ""] =
              /consumergroup="(.)".*partition="(\d)"} (\d+)/.exec(line) ?? [];
            const delay = late[`${group} t-${partition}`] ?? NaN;
            return `${group}-${partition} ${lag} ${isAge(delay, 100 - 0.1, 10) ? 100 : delay}`;
          });
          assert.deepEqual(found.sort(), expected.sort());
        },
      ),
      { numRuns: 30 },
    );
  });
});
