import { setImmediate } from "node:timers/promises";
import type { KafkaClient } from "../kafka/client.js";
import { askLogs, type LogQuestion } from "./logs.js";
import { LogTimes } from "./log-times.js";
import { lagOf, type LagModel, type Positions, type Topic } from "./model.js";
import type { Troubles } from "./troubles.js";

/** How often one round asks all logs about a time. The next round continues the search. */
const QUESTIONS = 24;

/** Positions of a partition whose times one round searches for. */
const POSITIONS_AT_A_TIME = 16;

/** Facts about one partition, at 32 bytes each: as many as 10,000 partitions may have together. */
const FACTS = 1_000_000;

/** Partitions and groups to visit before other work gets its turn. */
const LOOKS_AT_A_TIME = 200_000;

/** Offsets of one partition whose times are unknown. */
interface Search {
  readonly topic: Topic;
  readonly partition: number;
  readonly times: LogTimes;
  readonly offsets: number[];
}

/** Finds the timestamps of the records at which lagging groups continue. */
export async function findTimes(client: KafkaClient, model: LagModel, troubles: Troubles): Promise<void> {
  let searches = await unknown(model);
  for (let asked = 0; asked < QUESTIONS && searches.length > 0; asked += 1) {
    await ask(client, searches, Date.now());
    const now = Date.now();
    searches = searches.filter(({ offsets, times }) => {
      while (offsets.length > 0 && times.timeOf(offsets[0] ?? 0, now) !== undefined) offsets.shift();
      return offsets.length > 0;
    });
  }
  await tidy(model, troubles);
}

async function ask(client: KafkaClient, searches: readonly Search[], now: number): Promise<void> {
  const questions: LogQuestion[] = [];
  const asked = new Map<string, { readonly time: number; readonly search: Search; readonly end: number }>();
  for (const search of searches) {
    const { topic, partition, times, offsets } = search;
    const time = times.question(offsets[0] ?? 0, now);
    if (time === undefined) continue;
    questions.push({ topic, partition, time });
    asked.set(`${topic.name}/${partition}`, { time, search, end: topic.ends[partition] ?? NaN });
  }
  await askLogs(
    client,
    questions,
    (name, partition, time, offset) => {
      const question = asked.get(`${name}/${partition}`);
      if (question === undefined) return;
      // A record beyond the known end tells the same about the records before the end as an empty answer.
      const found = offset >= 0 && offset < question.end;
      question.search.times.learn(question.time, found ? offset : question.end, found ? time : undefined);
    },
    () => undefined,
  );
}

/** Visits every position of a lagging group, with pauses for other work. */
async function eachBehind(
  model: LagModel,
  visit: (topic: Topic, partition: number, offset: number) => void,
): Promise<void> {
  let looks = 0;
  for (const topic of model.topics.values()) {
    const groups: Positions[] = [];
    for (const { topics } of model.groups.values()) {
      const positions = topics.get(topic.name);
      if (positions) groups.push(positions);
    }
    for (let partition = 0; groups.length > 0 && partition < topic.leaders.length; partition += 1) {
      for (const positions of groups) {
        if (lagOf(positions, partition) > 0) visit(topic, partition, positions.offsets[partition] ?? 0);
      }
      looks += groups.length;
      if (looks > LOOKS_AT_A_TIME) {
        looks = 0;
        await setImmediate();
      }
    }
  }
}

async function unknown(model: LagModel): Promise<Search[]> {
  const found = new Map<LogTimes, Search>();
  const now = Date.now();
  const most = mostFacts(model);
  await eachBehind(model, (topic, partition, offset) => {
    const times = (topic.times[partition] ??= new LogTimes());
    if (times.size >= most || times.timeOf(offset, now) !== undefined) return;
    const search = found.get(times);
    if (search === undefined) found.set(times, { topic, partition, times, offsets: [offset] });
    else if (search.offsets.length < POSITIONS_AT_A_TIME && !search.offsets.includes(offset))
      search.offsets.push(offset);
  });
  return [...found.values()];
}

/** Forgets useless facts, and counts unknown times. */
async function tidy(model: LagModel, troubles: Troubles): Promise<void> {
  const now = Date.now();
  let missing = 0;
  await eachBehind(model, ({ times }, partition, offset) => {
    const known = times[partition];
    known?.use(offset);
    if (known?.timeOf(offset, now) === undefined) missing += 1;
  });
  if (missing > 0) troubles.add("time", "the times of so many positions are not known yet", missing);
  for (const { times, ends } of model.topics.values()) {
    for (const [partition, known] of times.entries()) {
      known?.forget(ends[partition] ?? Infinity);
      if (known?.size === 0) times[partition] = undefined;
    }
  }
}

/** The maximum number of facts of a partition, which depends on the number of partitions. */
function mostFacts(model: LagModel): number {
  let partitions = 1;
  for (const { leaders } of model.topics.values()) partitions += leaders.length;
  return Math.max(48, Math.floor(FACTS / partitions));
}
