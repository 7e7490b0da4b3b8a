import { delayOf, type Group, lagOf, type LagModel } from "../lag/model.js";
import type { Troubles } from "../lag/troubles.js";
import type { GroupRow, Groups, Known } from "./snapshot.js";

/** Groups that a page gets: those with the largest lag. */
const ROWS = 100;

/** What a group's values may lack, in words. */
const LACKS = {
  coordinator: "groups of a broker that does not answer",
  group: "groups whose positions could not be read",
  position: "positions that could not be read or are beyond the end of the log",
  end: "ends of logs",
  time: "ages of records",
  memory: "groups with more partitions than fit into memory",
} as const;

/** The groups as of now; the reason when the cluster did not answer. @param now - in ms */
export function groupsOf(model: LagModel, troubles: Troubles, now: number): Known<Groups> {
  const silent = troubles.reasons.get("cluster");
  if (silent !== undefined) return { unknown: `Kafka does not answer: ${silent}` };
  const rows = [...model.groups.values()].map((group) => rowOf(group, model, now));
  rows.sort((one, other) => other.lag - one.lag || (one.name < other.name ? -1 : 1));
  const incomplete = Object.entries(LACKS).flatMap(([what, words]) => {
    const reason = troubles.reasons.get(what as keyof typeof LACKS);
    return reason === undefined ? [] : [`Not known are ${words}: ${reason}`];
  });
  return { value: { at: now, rows: rows.slice(0, ROWS), total: rows.length, incomplete } };
}

function rowOf({ name, type, state, topics }: Group, model: LagModel, now: number): GroupRow {
  let lag = 0;
  let unknown = 0;
  let oldest = 0;
  let aged = false;
  for (const [topicName, positions] of topics) {
    const topic = model.topics.get(topicName);
    if (topic === undefined) continue;
    for (let partition = 0; partition < positions.offsets.length; partition += 1) {
      // The group has consumed nothing here, which is no gap in what is known.
      if (positions.offsets[partition] === -1) continue;
      const records = lagOf(positions, partition);
      const age = delayOf(positions, topic, partition, now);
      if (records >= 0) lag += records;
      if (age >= 0) {
        aged = true;
        oldest = Math.max(oldest, age);
      } else unknown += 1;
    }
  }
  return { name, type, state, lag, seconds: aged || unknown === 0 ? Math.round(oldest / 1_000) : null, unknown };
}
