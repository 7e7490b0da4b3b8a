import type { KafkaClient } from "../kafka/client.js";
import { describeError } from "../kafka/errors.js";
import { type OffsetsAtListener, offsetsAtV8, readOffsetsAt } from "../kafka/protocol/offsets-at.js";
import { errorName } from "./positions.js";
import type { Topic } from "./model.js";

/** A question about a partition's log: the first record that is not older than a time in ms, or its end with -1. */
export interface LogQuestion {
  readonly topic: Topic;
  readonly partition: number;
  readonly time: number;
}

/** One partition's answer. */
export type LogAnswer = (topic: string, partition: number, time: number, offset: number) => void;

/** Partitions of one request: the broker looks up each of them in a file. */
const PARTITIONS_PER_REQUEST = 2_000;

/**
 * Asks the leaders about the logs of partitions.
 *
 * @param answered - receives each answer
 * @param failed - receives each partition without an answer, and why
 */
export async function askLogs(
  client: KafkaClient,
  questions: readonly LogQuestion[],
  answered: LogAnswer,
  failed: (reason: string, count: number) => void,
): Promise<void> {
  const listener: OffsetsAtListener = (topic, partition, error, time, offset) => {
    if (error === 0) answered(topic, partition, time, offset);
    else failed(`${topic}-${partition}: ${errorName(error)}`, 1);
  };
  const byLeader = Map.groupBy(questions, ({ topic, partition }) => topic.leaders[partition] ?? -1);
  await Promise.all(
    [...byLeader].map(async ([leader, own]) => {
      for (let from = 0; from < own.length; from += PARTITIONS_PER_REQUEST) {
        const batch = own.slice(from, from + PARTITIONS_PER_REQUEST);
        try {
          readOffsetsAt(await client.request(leader, offsetsAtV8, byTopic(batch)), listener);
        } catch (error) {
          failed(describeError(error), batch.length);
        }
      }
    }),
  );
}

function byTopic(questions: readonly LogQuestion[]) {
  return [...Map.groupBy(questions, ({ topic }) => topic.name)].map(([name, own]) => ({
    name,
    partitions: own.map(({ partition }) => partition),
    times: own.map(({ time }) => time),
  }));
}
