/** Adds to the number of a broker. */
export function add(to: Map<number, number>, broker: number, number: number): void {
  to.set(broker, (to.get(broker) ?? 0) + number);
}

/** How often each broker is in any of the lists, in one pass. */
export function tally(lists: readonly (readonly number[])[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const list of lists) for (const id of list) add(counts, id, 1);
  return counts;
}
