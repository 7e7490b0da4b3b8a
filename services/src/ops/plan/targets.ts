import { at, type PlanModel } from "./model.js";

/**
 * How many replicas each broker should hold: equally many, give or take one, as far as the racks allow. Brokers with the most replicas get the odd
 * ones, because that moves least.
 */
export function replicaTargets(model: PlanModel): Int32Array {
  const racks = rackLimits(model);
  const total = model.replicas.length;
  const level = commonLevel(racks, total);
  const totals = racks.map((rack) => clamp(level * rack.size, rack));
  const targets = new Int32Array(model.brokers.length);
  const brokersOf = Array.from(racks, (): number[] => []);
  // Brokers with the most replicas first.
  const order = model.brokers.map((_, broker) => broker);
  order.sort((a, b) => at(model.counts, b) - at(model.counts, a) || a - b);
  for (const broker of order) brokersOf[at(model.rackOf, broker)]?.push(broker);
  racks.forEach((rack, index) => {
    const sum = totals[index] ?? 0;
    brokersOf[index]?.forEach((broker, position) => {
      targets[broker] = Math.floor(sum / rack.size) + (position < sum % rack.size ? 1 : 0);
    });
  });
  let left = total - totals.reduce((sum, each) => sum + each, 0);
  for (const broker of order) {
    if (left === 0) break;
    const rack = at(model.rackOf, broker);
    const sum = totals[rack] ?? 0;
    if (at(targets, broker) > level || sum >= (racks[rack]?.high ?? 0)) continue;
    targets[broker] = at(targets, broker) + 1;
    totals[rack] = sum + 1;
    left -= 1;
  }
  return targets;
}

interface RackLimits {
  readonly size: number;
  /** Replicas that the rack must hold so that every partition is spread well. */
  readonly low: number;
  /** Replicas that the rack can hold. */
  readonly high: number;
}

function rackLimits(model: PlanModel): RackLimits[] {
  const partitionsByFactor = new Map<number, number>();
  for (let partition = 0; partition < model.partitions.length; partition += 1) {
    const factor = at(model.start, partition + 1) - at(model.start, partition);
    partitionsByFactor.set(factor, (partitionsByFactor.get(factor) ?? 0) + 1);
  }
  return Array.from(model.rackSizes, (size) => {
    let low = 0;
    let high = 0;
    for (const [factor, partitions] of partitionsByFactor) {
      const { most, racksAtMost } = model.rackRule(factor);
      const everyRack = racksAtMost === model.rackSizes.filter((each) => each >= most).length;
      low += partitions * Math.min(size, everyRack ? most : most - 1);
      high += partitions * Math.min(size, most);
    }
    return { size, low, high };
  });
}

/** The highest common number of replicas per broker that does not exceed `total` in all. */
function commonLevel(racks: readonly RackLimits[], total: number): number {
  const sumAt = (level: number) => racks.reduce((sum, rack) => sum + clamp(level * rack.size, rack), 0);
  let low = 0;
  let high = total;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sumAt(middle) <= total) low = middle;
    else high = middle - 1;
  }
  return low;
}

function clamp(value: number, { low, high }: RackLimits): number {
  return Math.min(Math.max(value, low), high);
}
