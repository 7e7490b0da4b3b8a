/** A record of the load: its partition and its sequence number there. */
export interface Written {
  readonly partition: number;
  readonly sequence: number;
}

/** The result of a fault; every count is of records. */
export interface Judgement {
  readonly acknowledged: number;
  readonly read: number;
  /** Acknowledged, and not in the log. */
  readonly lost: number;
  /** In the log more than once. */
  readonly duplicated: number;
  /** In the log after one that was written later to the same partition. */
  readonly outOfOrder: number;
}

/**
 * Compares acknowledged records with the log.
 *
 * @param read the log's records, each partition's in its own order.
 */
export function judge(acknowledged: readonly Written[], read: readonly Written[]): Judgement {
  const found = new Set<string>();
  const highest = new Map<number, number>();
  let duplicated = 0;
  let outOfOrder = 0;
  for (const record of read) {
    const before = highest.get(record.partition) ?? -1;
    if (found.has(keyOf(record))) duplicated++;
    else if (record.sequence < before) outOfOrder++;
    found.add(keyOf(record));
    highest.set(record.partition, Math.max(before, record.sequence));
  }
  const lost = acknowledged.filter((record) => !found.has(keyOf(record))).length;
  return { acknowledged: acknowledged.length, read: read.length, lost, duplicated, outOfOrder };
}

const keyOf = ({ partition, sequence }: Written): string => `${partition}:${sequence}`;
