import type { ClusterView, PartitionView } from "../kafka/client.js";
import type { RegisteredBroker } from "../kafka/protocol/describe-cluster.js";
import { type Reassigned, targetOf } from "../kafka/reassigned.js";
import type {
  BrokerRow,
  Controllers,
  DiskUse,
  Known,
  MoveRow,
  PartitionRow,
  PartitionState,
  Snapshot,
  Some,
  TopicRow,
} from "./snapshot.js";
import { SEVERITY, worstOf } from "./severity.js";

/** Rows of partitions and moves that a page gets; the totals count all. */
const ROWS = 100;

/** Topics, and partitions of them, that a page gets. Those with a partition that is not in order come first. */
const TOPICS = 2_000;
const PARTITIONS = 50_000;

/** What the brokers and controllers said. */
export interface Answers {
  readonly view: ClusterView;
  /** All registered brokers; undefined where Kafka lists only those that run. */
  readonly registered: readonly RegisteredBroker[] | undefined;
  readonly moves: Known<readonly Reassigned[]>;
  readonly controllers: Known<Controllers>;
  /** Brokers of which it is known whether they are cordoned. */
  readonly cordoned: ReadonlyMap<number, boolean>;
  /** The disks of brokers of which they are known. */
  readonly disks: ReadonlyMap<number, DiskUse>;
  readonly doubt: string | null;
}

/** Bounds of the lists. @default those of the service */
export interface Bounds {
  readonly topics: number;
  readonly partitions: number;
  readonly rows: number;
}

/** Makes a snapshot of what Kafka answered. */
export function survey(
  { view, registered, moves, controllers, cordoned, disks, doubt }: Answers,
  bounds: Bounds = { topics: TOPICS, partitions: PARTITIONS, rows: ROWS },
): Snapshot {
  const adding = new Map<string, readonly number[]>();
  if ("value" in moves) {
    for (const move of moves.value) adding.set(`${move.topic}/${move.partition}`, move.adding);
  }
  const counts = new Counts(view.brokers);
  const topics: TopicRow[] = [];
  const attention: PartitionRow[] = [];
  for (const { name, internal, partitions } of view.topics.values()) {
    let map = "";
    for (const partition of partitions) {
      const own = adding.get(`${name}/${partition.index}`) ?? [];
      const state = stateOf(partition, own);
      map += state;
      counts.add(partition, state, own);
      if (state !== ".") attention.push(toRow(name, partition, state));
    }
    topics.push({ name, internal, replicationFactor: partitions[0]?.replicas.length ?? 0, map });
  }
  attention.sort((one, other) => bySeverity(one.state, other.state) || byPartition(one, other));
  return {
    clusterId: view.clusterId,
    doubt,
    totals: { topics: topics.length, ...counts.totals },
    brokers: brokerRows(view, registered, counts, { cordoned, disks }),
    attention: first(attention, bounds.rows),
    moves: "value" in moves ? { value: first(moves.value.map(toMove), bounds.rows) } : moves,
    controllers,
    topics: bounded(topics, bounds),
  };
}

/** How a partition is. A replica that it is only getting does not count as missing, as in Kafka's own metrics. */
export function stateOf(
  { leader, replicas, isr }: Pick<PartitionView, "leader" | "replicas" | "isr">,
  adding: readonly number[],
): PartitionState {
  if (leader < 0) return "X";
  const settled = replicas.filter((id) => !adding.includes(id));
  if (settled.some((id) => !isr.includes(id))) return "U";
  return leader === settled[0] ? "." : "L";
}

/** Counts by broker, and over all. */
class Counts {
  readonly leaders = new Map<number, number>();
  readonly replicas = new Map<number, number>();
  readonly outOfSync = new Map<number, number>();
  #partitions = 0;
  readonly #states = { ".": 0, L: 0, U: 0, X: 0 };

  constructor(private readonly running: ClusterView["brokers"]) {}

  get totals() {
    const { X: offline, U: underReplicated, L: notPreferred } = this.#states;
    return { partitions: this.#partitions, offline, underReplicated, notPreferred };
  }

  add({ leader, replicas, isr }: PartitionView, state: PartitionState, adding: readonly number[]): void {
    this.#partitions += 1;
    this.#states[state] += 1;
    if (leader >= 0) increase(this.leaders, leader);
    for (const id of replicas) {
      increase(this.replicas, id);
      // Kafka keeps the last in-sync replica in its list, also when its broker is away.
      if (!adding.includes(id) && (!isr.includes(id) || !this.running.has(id))) increase(this.outOfSync, id);
    }
  }
}

const increase = (counts: Map<number, number>, id: number) => counts.set(id, (counts.get(id) ?? 0) + 1);

function brokerRows(
  { brokers }: ClusterView,
  registered: readonly RegisteredBroker[] = [],
  counts: Counts,
  { cordoned, disks }: Pick<Answers, "cordoned" | "disks">,
): BrokerRow[] {
  const known = new Map(registered.map((broker) => [broker.id, broker]));
  const ids = new Set([...brokers.keys(), ...known.keys(), ...counts.replicas.keys()]);
  return [...ids]
    .sort((one, other) => one - other)
    .map((id) => ({
      id,
      rack: brokers.get(id)?.rack ?? known.get(id)?.rack ?? null,
      running: brokers.has(id) && known.get(id)?.fenced !== true,
      leaders: counts.leaders.get(id) ?? 0,
      replicas: counts.replicas.get(id) ?? 0,
      outOfSync: counts.outOfSync.get(id) ?? 0,
      cordoned: cordoned.get(id) ?? null,
      disk: (brokers.has(id) ? disks.get(id) : undefined) ?? null,
    }));
}

const toRow = (topic: string, { index, leader, replicas, isr }: PartitionView, state: PartitionState) => ({
  topic,
  index,
  leader,
  replicas,
  inSync: isr,
  state,
});

const toMove = ({ topic, partition, replicas, adding, removing }: Reassigned): MoveRow => ({
  topic,
  partition,
  from: replicas.filter((id) => !adding.includes(id)),
  to: targetOf({ replicas, removing }),
});

const first = <T>(rows: readonly T[], count: number): Some<T> => ({ rows: rows.slice(0, count), total: rows.length });

const bySeverity = (one: PartitionState, other: PartitionState) => SEVERITY.indexOf(one) - SEVERITY.indexOf(other);
const byName = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
const byPartition = (one: PartitionRow, other: PartitionRow) =>
  byName(one.topic, other.topic) || one.index - other.index;

/** Topics for the page, the worst first, within its bounds. */
function bounded(topics: TopicRow[], { topics: most, partitions }: Bounds): TopicRow[] {
  const worst = new Map(topics.map(({ name, map }) => [name, worstOf(map)]));
  const ordered = topics.sort(
    (one, other) =>
      bySeverity(worst.get(one.name) ?? ".", worst.get(other.name) ?? ".") || byName(one.name, other.name),
  );
  const kept: TopicRow[] = [];
  let room = partitions;
  for (const topic of ordered) {
    if (kept.length >= most) break;
    // A topic that is too large for what is left does not keep smaller ones out.
    if (topic.map.length > room) continue;
    room -= topic.map.length;
    kept.push(topic);
  }
  return kept;
}
