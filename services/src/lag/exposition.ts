import { Lines } from "./lines.js";
import { delayOf, type Group, lagOf, type LagModel, type Positions, type Topic } from "./model.js";

/** The metrics of groups and topics, by name: what they say, as Prometheus shows it. The exporter's own are in `metrics.ts`. */
export const LAG_METRICS = {
  kafka_consumergroup_lag: "Records that a group has not consumed yet, by partition.",
  kafka_consumergroup_lag_seconds:
    "How long ago the first record was written that a group has not consumed yet, by partition; 0 without lag.",
  kafka_consumergroup_state: "1 for the state that a group is in.",
  kafka_topic_partition_current_offset: "Offset after the last record that consumers may read.",
} as const;

type Name = keyof typeof LAG_METRICS;

/**
 * Prometheus' text, in pieces. Between two pieces the model may change: each partition's line is right when it is written, and what is gone by then is left out.
 *
 * @param now - in ms
 */
export function* expose(model: LagModel, now: () => number): Generator<Buffer, void, undefined> {
  const lines = new Lines();
  const byPartition = function* (
    name: Name,
    decimals: 0 | 3,
    value: (positions: Positions, topic: Topic, partition: number) => number,
  ): Generator<Buffer, void, undefined> {
    lines.text(heading(name));
    for (const group of [...model.groups.values()]) {
      for (const topicName of [...group.topics.keys()]) {
        const before = prefix(name, group, topicName);
        let partition = 0;
        for (;;) {
          // Looked for again after each piece: the arrays of what was replaced are another group's by then.
          const positions = model.groups.get(group.name)?.topics.get(topicName);
          const topic = model.topics.get(topicName);
          if (!positions || !topic) break;
          for (; partition < positions.offsets.length && !lines.full; partition += 1) {
            const measured = value(positions, topic, partition);
            if (measured >= 0) lines.partition(before, partition, measured, decimals);
          }
          if (partition >= positions.offsets.length) break;
          yield lines.take();
        }
      }
    }
  };
  yield* byPartition("kafka_consumergroup_lag", 0, (positions, _topic, partition) => lagOf(positions, partition));
  yield* byPartition(
    "kafka_consumergroup_lag_seconds",
    3,
    (positions, topic, partition) => delayOf(positions, topic, partition, now()) / 1_000,
  );
  lines.text(heading("kafka_consumergroup_state"));
  for (const { name, type, state } of [...model.groups.values()]) {
    const labels = `consumergroup="${escape(name)}",type="${escape(type)}",state="${escape(state)}"`;
    lines.text(Buffer.from(`kafka_consumergroup_state{${labels}} 1\n`));
    if (lines.full) yield lines.take();
  }
  lines.text(heading("kafka_topic_partition_current_offset"));
  for (const { name, ends } of [...model.topics.values()]) {
    const before = Buffer.from(`kafka_topic_partition_current_offset{topic="${escape(name)}",partition="`);
    for (const [partition, end] of ends.entries()) {
      if (end >= 0) lines.partition(before, partition, end, 0);
      if (lines.full) yield lines.take();
    }
  }
  yield lines.take();
}

const heading = (name: Name): Buffer => Buffer.from(`# HELP ${name} ${LAG_METRICS[name]}\n# TYPE ${name} gauge\n`);

const prefix = (metric: Name, { name, type }: Group, topic: string): Buffer =>
  Buffer.from(`${metric}{consumergroup="${escape(name)}",type="${escape(type)}",topic="${escape(topic)}",partition="`);

/** A label's value as Prometheus' text has it. */
const escape = (value: string): string => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
