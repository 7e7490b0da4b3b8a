import assert from "node:assert/strict";
import { Feed, type FeedOptions } from "../../src/cluster/feed.js";
import type { Groups, Known, Snapshot } from "../../src/cluster/snapshot.js";
import { until } from "../fakes.js";
import { broken, groups, snapshot, Told } from "./fakes.js";

/** A feed of a Kafka that answers when it is told to. */
class Stage {
  asked = 0;
  answer: () => Promise<Snapshot> = () => Promise.resolve(snapshot());
  groups: Known<Groups> = groups(1);
  readonly feed: Feed;

  constructor(options: Partial<FeedOptions> = {}) {
    this.feed = new Feed({
      ask: () => {
        this.asked += 1;
        return this.answer();
      },
      groups: () => this.groups,
      pauseMs: 5,
      patienceMs: 60_000,
      ...options,
    });
  }
}

describe("The feed of the page", () => {
  const stages: Stage[] = [];
  const staged = (options?: Partial<FeedOptions>): Stage => {
    const stage = new Stage(options);
    stages.push(stage);
    return stage;
  };
  afterEach(() => {
    for (const { feed } of stages.splice(0)) feed.close();
  });

  it("asks nothing while nobody looks, and asks once for all who do", async () => {
    const stage = staged({ pauseMs: 60_000 });
    assert.equal(stage.asked, 0);
    const viewers = Array.from({ length: 20 }, () => new Told());
    for (const { take } of viewers) stage.feed.join(take);
    await until("all are told", () => viewers.every(({ events }) => events.length === 1));
    const late = new Told();
    stage.feed.join(late.take);
    assert.deepEqual(late.last, viewers[0]?.last);
    assert.equal(stage.asked, 1);
  });

  it("begins with everything, and then tells what changed", async () => {
    const stage = staged();
    const told = new Told();
    stage.feed.join(told.take);
    await until("two answers came", () => told.events.length >= 2);
    const [first, second] = told.events;
    assert.ok(first?.answers && second?.answers);
    assert.deepEqual([first.full, first.topics, first.parts.totals?.partitions], [true, snapshot().topics, 4]);
    assert.deepEqual([second.full, second.parts, second.topics, second.gone], [false, {}, [], []]);
    stage.answer = () => Promise.resolve({ ...broken(), topics: broken().topics.slice(0, 1) });
    const change = () => told.events.find((event) => event.answers && event.gone.length > 0);
    await until("it changed", () => change() !== undefined);
    const last = change();
    assert.ok(last?.answers);
    assert.deepEqual([last.topics, last.gone], [broken().topics.slice(0, 1), ["payments"]]);
    assert.deepEqual(Object.keys(last.parts).sort(), ["attention", "brokers", "moves", "totals"]);
  });

  it("says that Kafka does not answer, since when and why, and begins anew when it does", async () => {
    const stage = staged();
    const told = new Told();
    stage.feed.join(told.take);
    await until("it answers", () => told.last?.answers === true);
    stage.answer = () => Promise.reject(new Error("nobody is there"));
    await until("it does not answer", () => told.last?.answers === false);
    const first = told.last;
    assert.ok(first?.answers === false);
    assert.equal(first.why, "nobody is there");
    const late = new Told();
    stage.feed.join(late.take);
    assert.ok(late.events[0]?.answers === false, "a new viewer is shown nothing old");
    await until("it was asked again", () => told.last !== first && told.last?.answers === false);
    assert.ok(told.last?.answers === false);
    assert.equal(told.last.since, first.since);
    stage.answer = () => Promise.resolve(snapshot());
    await until("it answers again", () => told.last?.answers === true);
    const again = told.events.find((event, index) => event.answers && told.events[index - 1]?.answers === false);
    assert.ok(again?.answers && again.full);
  });

  it("does not wait for an answer that does not come before it says so", async () => {
    const stage = staged({ patienceMs: 20 });
    const slow = Promise.withResolvers<Snapshot>();
    stage.answer = () => slow.promise;
    const told = new Told();
    stage.feed.join(told.take);
    await until("the viewer is told", () => told.last?.answers === false);
    assert.equal(stage.asked, 1, "it asks no second time meanwhile");
    slow.resolve(snapshot());
    await until("the answer came", () => told.last?.answers === true);
  });

  it("forgets everything once nobody looks", async () => {
    const stage = staged();
    const told = new Told();
    const leave = stage.feed.join(told.take);
    await until("it answers", () => told.last?.answers === true);
    leave();
    const before = stage.asked;
    const pending = Promise.withResolvers<Snapshot>();
    stage.answer = () => pending.promise;
    // The pause ends with the last viewer; then nothing is known any more.
    await new Promise((resolve) => setImmediate(resolve));
    const next = new Told();
    stage.feed.join(next.take);
    assert.deepEqual(next.events, []);
    await until("it asks for the new viewer", () => stage.asked === before + 1);
    pending.resolve(broken());
    await until("the new viewer is told", () => next.events.length > 0);
    assert.equal(told.events.filter((event) => event.answers && event.topics[0]?.map === "UXL").length, 0);
  });

  it("tells of groups that were measured", async () => {
    const stage = staged();
    stage.groups = { unknown: "They have not been measured yet." };
    const told = new Told();
    stage.feed.join(told.take);
    await until("it answers", () => told.last?.answers === true);
    stage.groups = groups(2);
    await until("the groups came", () =>
      told.events.some((event) => event.answers && "groups" in event.parts && !event.full),
    );
  });
});
