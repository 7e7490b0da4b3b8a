import type { KafkaClient } from "../kafka/client.js";
import { describeError } from "../kafka/errors.js";
import { askLogs, type LogQuestion } from "./logs.js";
import { findTimes } from "./find-times.js";
import type { Group, LagModel } from "./model.js";
import { type Arrays, askPositions, type Draft, releaseArrays, listGroups } from "./positions.js";
import { Troubles } from "./troubles.js";

/** Groups whose positions are read together. The ends of the logs are read after them, so that an end is never older than a position. */
const GROUPS_AT_A_TIME = 50;

/** Updates the model from Kafka. Values that could not be read are no longer in it, and are counted in the result. */
export async function goRound(client: KafkaClient, model: LagModel, arrays: Arrays): Promise<Troubles> {
  const troubles = new Troubles();
  try {
    const view = await client.metadata(null);
    model.see(view);
    const listed = await listGroups(client, [...view.brokers.keys()], troubles);
    const seen = new Set<string>();
    for (let from = 0; from === 0 || from < listed.length; from += GROUPS_AT_A_TIME) {
      const some = listed.slice(from, from + GROUPS_AT_A_TIME);
      const drafts = await askPositions(client, model, some, arrays, troubles);
      const last = from + GROUPS_AT_A_TIME >= listed.length;
      await askEnds(client, model, last ? troubles : new Troubles());
      for (const draft of drafts) {
        install(model, draft, arrays, troubles);
        seen.add(draft.group.name);
      }
    }
    for (const [name, group] of model.groups) {
      if (seen.has(name)) continue;
      releaseArrays(group, arrays);
      model.groups.delete(name);
    }
    await findTimes(client, model, troubles);
  } catch (error) {
    for (const group of model.groups.values()) releaseArrays(group, arrays);
    model.clear();
    troubles.add("cluster", describeError(error));
  }
  return troubles;
}

/** Reads the ends of all logs. */
async function askEnds(client: KafkaClient, model: LagModel, troubles: Troubles): Promise<void> {
  const questions: LogQuestion[] = [];
  for (const topic of model.topics.values()) {
    topic.ends = new Float64Array(topic.leaders.length).fill(NaN);
    for (let partition = 0; partition < topic.leaders.length; partition += 1) {
      questions.push({ topic, partition, time: -1 });
    }
  }
  await askLogs(
    client,
    questions,
    (name, partition, _time, offset) => {
      const ends = model.topics.get(name)?.ends;
      if (ends) ends[partition] = offset;
    },
    (reason, count) => {
      troubles.add("end", reason, count);
    },
  );
}

function install(model: LagModel, { group, topics }: Draft, arrays: Arrays, troubles: Troubles): void {
  const { name, type, state } = group;
  const positions: [string, { offsets: Float64Array; left: Float64Array | undefined; ends: Float64Array }][] = [];
  for (const [topic, { offsets, left }] of topics) {
    const ends = model.topics.get(topic)?.ends;
    if (ends === undefined) continue;
    positions.push([topic, { offsets, left, ends }]);
    const beyond = offsets.findIndex((offset, partition) => offset > (ends[partition] ?? NaN));
    if (beyond >= 0) troubles.add("position", `${name} is beyond the end of ${topic}-${beyond}`);
  }
  const before = model.groups.get(name);
  const now: Group = { name, type, state, topics: new Map(positions) };
  model.groups.set(name, now);
  if (before) releaseArrays(before, arrays);
}
