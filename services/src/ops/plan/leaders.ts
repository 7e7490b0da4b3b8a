import { at, type PlanModel } from "./model.js";

/**
 * Chooses each partition's preferred leader among its replicas, so that brokers lead equally many partitions, give or take one, as far as the
 * replicas allow. It changes as few as possible: a shortest chain of partitions that each hand over their leadership takes a broker's surplus to one
 * that has too few (Dinic's maximum-flow algorithm).
 */
export function balanceLeaders(model: PlanModel): void {
  const leaders = new Int32Array(model.brokers.length);
  for (let partition = 0; partition < model.partitions.length; partition += 1) {
    const leader = at(model.replicas, at(model.start, partition));
    leaders[leader] = at(leaders, leader) + 1;
  }
  const average = model.partitions.length / model.brokers.length;
  const state = { model, leaders, led: partitionsLed(model) };
  // First, brokers above the rounded-up average give to any below it; then, brokers below the rounded-down average take.
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

/** Each broker's distance from a surplus, in hand-overs; undefined when no broker with too few can be reached. */
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

/** Passes one leadership of `broker` along the levels to a broker with too few; false when these levels have no path left. */
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
      // The last one takes the place of the removed one, so that tried positions stay tried.
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
