import { Lines } from "./lines.js";
import { delayOf, type Group, lagOf, type LagModel, type Positions, type Topic } from "./model.js";

/** Metrics of groups and topics, by name, with Prometheus' help text. The exporter's own are in `metrics.ts`. */
export const LAG_METRICS = {
  kafka_consumergroup_lag: "Records that a group has not consumed yet, by partition.",
  kafka_consumergroup_lag_seconds:
    "Age of the first record that a group has not consumed yet, by partition; 0 without lag.",
  kafka_consumergroup_state: "1 for the state that a group is in.",
  kafka_topic_partition_current_offset: "Offset after the last record that consumers may read.",
} as const;

type Name = keyof typeof LAG_METRICS;

/**
 * Prometheus' text, in pieces. The model may change between two pieces: each line is right when it is written, and entries that are gone by then are
 * left out.
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
          // Looked up after each piece, because another group reuses the arrays of a replaced one.
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

/** Escapes a label's value for Prometheus' text format. */
const escape = (value: string): string => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
