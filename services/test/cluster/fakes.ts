import type { Known, Groups, PageEvent, Snapshot } from "../../src/cluster/snapshot.js";

/** A small cluster in order. */
export const snapshot = (change: Partial<Snapshot> = {}): Snapshot => ({
  clusterId: "test",
  doubt: null,
  totals: { topics: 2, partitions: 4, offline: 0, underReplicated: 0, notPreferred: 0 },
  brokers: [0, 1, 2].map((id) => ({
    id,
    rack: `rack-${id}`,
    running: true,
    leaders: 2,
    replicas: 4,
    outOfSync: 0,
    cordoned: false,
    disk: { fullest: { size: 10_737_418_240, free: 6_442_450_944 }, directories: 1, failed: 0 },
  })),
  attention: { rows: [], total: 0 },
  moves: { value: { rows: [], total: 0 } },
  controllers: { value: { leader: 0, voters: [0, 1, 2].map((id) => ({ id, behindMs: 0 })) } },
  topics: [
    { name: "orders", internal: false, replicationFactor: 3, map: "..." },
    { name: "payments", internal: false, replicationFactor: 3, map: "." },
  ],
  ...change,
});

/** The same with broker 1 away. */
export const broken = (): Snapshot => {
  const whole = snapshot();
  const [orders, payments] = whole.topics;
  return snapshot({
    totals: { topics: 2, partitions: 4, offline: 1, underReplicated: 1, notPreferred: 1 },
    brokers: whole.brokers.map((broker) =>
      broker.id === 1 ? { ...broker, running: false, leaders: 0, outOfSync: 2, cordoned: null, disk: null } : broker,
    ),
    attention: {
      rows: [
        { topic: "orders", index: 1, leader: -1, replicas: [1], inSync: [1], state: "X" },
        { topic: "orders", index: 0, leader: 0, replicas: [0, 1], inSync: [0], state: "U" },
        { topic: "orders", index: 2, leader: 0, replicas: [2, 0], inSync: [2, 0], state: "L" },
      ],
      total: 3,
    },
    moves: { value: { rows: [{ topic: "payments", partition: 0, from: [0, 2], to: [2, 1] }], total: 1 } },
    topics: [...(orders ? [{ ...orders, map: "UXL" }] : []), ...(payments ? [payments] : [])],
  });
};

/** Groups of three kinds. */
export const groups = (at: number): Known<Groups> => ({
  value: {
    at,
    total: 3,
    rows: [
      { name: "billing", type: "classic", state: "Stable", lag: 123_456, seconds: 4_000, unknown: 0 },
      { name: "audit", type: "share", state: "Stable", lag: 7, seconds: 12, unknown: 2 },
      { name: "idle", type: "consumer", state: "Empty", lag: 0, seconds: 0, unknown: 0 },
    ],
    incomplete: [],
  },
});

/** The events that a viewer got. */
export class Told {
  readonly events: PageEvent[] = [];
  readonly take = (event: string): void => {
    this.events.push(JSON.parse(event) as PageEvent);
  };

  get last(): PageEvent | undefined {
    return this.events.at(-1);
  }
}
