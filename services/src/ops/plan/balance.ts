import { moveByChains } from "./chains.js";
import { at, HOMELESS, type PlanModel } from "./model.js";

/**
 * Places every homeless replica on a broker, preferring those furthest below their target and, among them, those with the fewest replicas of the
 * topic.
 */
export function placeHomeless(model: PlanModel, targets: Int32Array): void {
  const ofTopic = new Int32Array(model.brokers.length);
  model.eachTopic((firstPartition, endPartition) => {
    countTopic(model, firstPartition, endPartition, ofTopic);
    for (let partition = firstPartition; partition < endPartition; partition += 1) {
      for (let slot = at(model.start, partition); slot < at(model.start, partition + 1); slot += 1) {
        if (at(model.replicas, slot) !== HOMELESS) continue;
        const broker = bestHome(model, targets, ofTopic, partition, slot);
        model.put(slot, broker);
        ofTopic[broker] = at(ofTopic, broker) + 1;
      }
    }
  });
}

function bestHome(model: PlanModel, targets: Int32Array, ofTopic: Int32Array, partition: number, slot: number): number {
  let best = HOMELESS;
  let bestRoom = 0;
  for (let broker = 0; broker < targets.length; broker += 1) {
    const room = at(targets, broker) - at(model.counts, broker);
    if (best !== HOMELESS && !isBetter(room, at(ofTopic, broker), bestRoom, at(ofTopic, best))) continue;
    if (!model.allows(partition, slot, broker)) continue;
    best = broker;
    bestRoom = room;
  }
  return best;
}

/** Prefers room below the target, then the fewest replicas of the topic, then the most room. */
function isBetter(room: number, topicCount: number, bestRoom: number, bestTopicCount: number): boolean {
  if (room > 0 !== bestRoom > 0) return room > 0;
  if (room > 0 && topicCount !== bestTopicCount) return topicCount < bestTopicCount;
  return room > bestRoom;
}

/**
 * Moves replicas from brokers above their target to brokers below it: first moves that also spread their topic better, then harmless ones, then any.
 * Where no single move helps, a chain of moves does.
 *
 * @returns the number of moved replicas
 */
export function balanceReplicas(model: PlanModel, targets: Int32Array): number {
  const direct = [2, 1, -Infinity].reduce((sum, leastGain) => sum + moveDirectly(model, targets, leastGain), 0);
  return direct + moveByChains(model, targets);
}

function moveDirectly(model: PlanModel, targets: Int32Array, leastGain: number): number {
  const below = model.brokers.map((_, broker) => broker).filter((broker) => isBelow(model, targets, broker));
  if (below.length === 0) return 0;
  let moves = 0;
  const ofTopic = new Int32Array(model.brokers.length);
  model.eachTopic((firstPartition, endPartition) => {
    if (below.length === 0) return;
    countTopic(model, firstPartition, endPartition, ofTopic);
    for (let partition = firstPartition; partition < endPartition; partition += 1) {
      for (let slot = at(model.start, partition); slot < at(model.start, partition + 1); slot += 1) {
        const from = at(model.replicas, slot);
        if (at(model.counts, from) <= at(targets, from)) continue;
        const to = bestReceiver(model, targets, ofTopic, partition, slot, below, at(ofTopic, from) - leastGain);
        if (to === HOMELESS) continue;
        model.put(slot, to);
        moves += 1;
        ofTopic[from] = at(ofTopic, from) - 1;
        ofTopic[to] = at(ofTopic, to) + 1;
        if (!isBelow(model, targets, to)) below.splice(below.indexOf(to), 1);
      }
    }
  });
  return moves;
}

function bestReceiver(
  model: PlanModel,
  targets: Int32Array,
  ofTopic: Int32Array,
  partition: number,
  slot: number,
  below: readonly number[],
  mostOfTopic: number,
): number {
  let best = HOMELESS;
  for (const broker of below) {
    const count = at(ofTopic, broker);
    if (count > mostOfTopic) continue;
    if (best !== HOMELESS) {
      const bestCount = at(ofTopic, best);
      if (count > bestCount) continue;
      const gain = at(targets, broker) - at(model.counts, broker) - (at(targets, best) - at(model.counts, best));
      if (count === bestCount && gain <= 0) continue;
    }
    if (model.allows(partition, slot, broker)) best = broker;
  }
  return best;
}

function isBelow(model: PlanModel, targets: Int32Array, broker: number): boolean {
  return at(model.counts, broker) < at(targets, broker);
}

function countTopic(model: PlanModel, firstPartition: number, endPartition: number, into: Int32Array): void {
  into.fill(0);
  for (let slot = at(model.start, firstPartition); slot < at(model.start, endPartition); slot += 1) {
    const broker = at(model.replicas, slot);
    if (broker !== HOMELESS) into[broker] = at(into, broker) + 1;
  }
}
