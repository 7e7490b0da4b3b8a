import { at, type PlanModel } from "./model.js";

/**
 * Chooses among each partition's replicas the preferred leader, so that brokers lead the same number of partitions, give or take one, as far
 * as their replicas allow. Changes as few as it can: a shortest chain of partitions each handing its leadership on takes a broker's surplus to one
 * that has too few (Dinic's algorithm for the largest flow).
 */
export function balanceLeaders(model: PlanModel): void {
  const leaders = new Int32Array(model.brokers.length);
  for (let partition = 0; partition < model.partitions.length; partition += 1) {
    const leader = at(model.replicas, at(model.start, partition));
    leaders[leader] = at(leaders, leader) + 1;
  }
  const average = model.partitions.length / model.brokers.length;
  const state = { model, leaders, led: partitionsLed(model) };
  // Whoever has more than the average, rounded up, gives to anyone who has less; then whoever has less than it, rounded down, takes.
  evenOut({ ...state, limit: Math.ceil(average) });
  evenOut({ ...state, limit: Math.floor(average) });
}

interface LeaderState {
  readonly model: PlanModel;
  readonly leaders: Int32Array;
  /** The partitions that each broker leads. */
  readonly led: number[][];
  /** Brokers with more leaders than this give, those with fewer take. */
  readonly limit: number;
}

function evenOut(state: LeaderState): void {
  for (let levels = levelsFromSurplus(state); levels !== undefined; levels = levelsFromSurplus(state)) {
    const nextTry = new Int32Array(levels.length);
    for (let broker = 0; broker < levels.length; broker += 1) {
      while (at(state.leaders, broker) > state.limit && handOn(state, levels, nextTry, broker));
    }
  }
}

/** How many hand-overs each broker is from one with a surplus; undefined when none with too few can be reached. */
function levelsFromSurplus({ model, leaders, led, limit }: LeaderState): Int32Array | undefined {
  const levels = new Int32Array(leaders.length).fill(-1);
  const queue: number[] = [];
  leaders.forEach((count, broker) => {
    if (count <= limit) return;
    levels[broker] = 0;
    queue.push(broker);
  });
  let reached = false;
  for (const broker of queue) {
    for (const partition of led[broker] ?? []) {
      for (let slot = at(model.start, partition) + 1; slot < at(model.start, partition + 1); slot += 1) {
        const other = at(model.replicas, slot);
        if (at(levels, other) >= 0) continue;
        levels[other] = at(levels, broker) + 1;
        if (at(leaders, other) < limit) reached = true;
        queue.push(other);
      }
    }
  }
  return reached ? levels : undefined;
}

/** Hands one leadership of `broker` on along the levels to a broker with too few; false when there is no way left on these levels. */
function handOn(state: LeaderState, levels: Int32Array, nextTry: Int32Array, broker: number): boolean {
  const { model, leaders, led, limit } = state;
  const own = led[broker] ?? [];
  for (let position = at(nextTry, broker); position < own.length; position = at(nextTry, broker)) {
    const partition = own[position] as number;
    for (let slot = at(model.start, partition) + 1; slot < at(model.start, partition + 1); slot += 1) {
      const other = at(model.replicas, slot);
      if (at(levels, other) !== at(levels, broker) + 1) continue;
      const arrived = at(leaders, other) < limit;
      if (!arrived && !handOn(state, levels, nextTry, other)) continue;
      swapLeader(model, partition, slot);
      // The last one takes the place of the one that leaves, so that positions tried already stay tried.
      own[position] = own[own.length - 1] as number;
      own.pop();
      led[other]?.push(partition);
      leaders[broker] = at(leaders, broker) - 1;
      leaders[other] = at(leaders, other) + 1;
      return true;
    }
    nextTry[broker] = position + 1;
  }
  return false;
}

function swapLeader(model: PlanModel, partition: number, slot: number): void {
  const first = at(model.start, partition);
  const leader = at(model.replicas, first);
  model.replicas[first] = at(model.replicas, slot);
  model.replicas[slot] = leader;
}

function partitionsLed(model: PlanModel): number[][] {
  const led = model.brokers.map((): number[] => []);
  for (let partition = 0; partition < model.partitions.length; partition += 1) {
    led[at(model.replicas, at(model.start, partition))]?.push(partition);
  }
  return led;
}
