import { planAssignment } from "../services/src/ops/plan/plan.js";

const BROKERS = 1_000;
const PARTITIONS = 200_000;

/** Plans half of 1,000 brokers anew, with 200,000 partitions of three replicas, by numbers and by bytes. */
export function plan(): Promise<string[]> {
  const random = seeded(20_241_129);
  const partitions = Array.from({ length: PARTITIONS }, (_, index) => ({
    topic: `topic-${index % 1_000}`,
    partition: Math.floor(index / 1_000),
    replicas: [0, 1, 2].map((offset) => (index * 7 + offset) % (BROKERS / 2)),
  }));
  const brokers = Array.from({ length: BROKERS }, (_, id) => ({ id, rack: `zone-${id % 4}` }));
  // From 1 MiB to 64 GiB, as many below 256 MiB as above.
  const bytes = new Map(
    partitions.map(({ topic, partition }) => [`${topic}-${partition}`, Math.floor(2 ** (20 + random() * 16))]),
  );
  return Promise.resolve(
    [undefined, bytes].map((even) => {
      const start = process.cpuUsage();
      const changes = planAssignment(partitions, brokers, even);
      const { user, system } = process.cpuUsage(start);
      const to = new Map(changes.map((each) => [`${each.topic}-${each.partition}`, each.to]));
      const held = new Float64Array(BROKERS);
      for (const { topic, partition, replicas } of partitions) {
        const key = `${topic}-${partition}`;
        for (const id of to.get(key) ?? replicas) held[id] = (held[id] ?? 0) + (bytes.get(key) ?? 0);
      }
      const mean = held.reduce((sum, each) => sum + each, 0) / BROKERS;
      const spread = `brokers hold ${(Math.min(...held) / mean).toFixed(2)} to ${(Math.max(...held) / mean).toFixed(2)} of the mean bytes`;
      return `${even ? "by numbers and bytes" : "by numbers"}: ${((user + system) / 1e6).toFixed(1)} s of CPU time, ${changes.length} partitions change, ${spread}`;
    }),
  );
}

/** Numbers from 0 to 1, the same ones for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
