import { listGroupsV5, protocolErrorsCodesById } from "@platformatic/kafka";
import type { KafkaClient } from "../kafka/client.js";
import { describeError } from "../kafka/errors.js";
import { committedOffsetsV9, readCommitted } from "../kafka/protocol/committed-offsets.js";
import { readShareOffsets, shareOffsetsV1 } from "../kafka/protocol/share-offsets.js";
import type { Group, LagModel } from "./model.js";
import type { Troubles } from "./troubles.js";

/** A group in its coordinator's list. */
export interface ListedGroup {
  readonly name: string;
  readonly type: string;
  readonly state: string;
  /** The group's coordinator. */
  readonly coordinator: number;
}

/** A group's positions before the ends of the logs are known. */
export interface Draft {
  readonly group: ListedGroup;
  readonly topics: Map<string, { readonly offsets: Float64Array; readonly left: Float64Array | undefined }>;
}

/** Groups of one request. Each may return an answer for every partition of the cluster. */
const GROUPS_PER_REQUEST = 3;

const GROUP_ID_NOT_FOUND = 69;

/** The groups of all brokers. A broker that does not answer is counted, and its groups are unknown. */
export async function listGroups(
  client: KafkaClient,
  brokers: readonly number[],
  troubles: Troubles,
): Promise<ListedGroup[]> {
  const lists = await Promise.all(
    brokers.map(async (coordinator) => {
      try {
        const { groups } = await client.request(coordinator, listGroupsV5.api, [], []);
        return groups.map(({ groupId, groupState, groupType }) => ({
          name: groupId,
          // Kafka 3.9 leaves the type of a group without members empty.
          type: groupType === "" ? "classic" : groupType.toLowerCase(),
          state: groupState,
          coordinator,
        }));
      } catch (error) {
        troubles.add("coordinator", `broker ${coordinator}: ${describeError(error)}`);
        return [];
      }
    }),
  );
  return lists.flat();
}

/** Pools the arrays of positions, which may take 80 MB: the next round reuses those of the last. */
export class Arrays {
  readonly #free = new Map<number, Float64Array[]>();
  #numbers = 0;

  /** @param limit - the total length of all arrays */
  constructor(private readonly limit: number) {}

  /** Returns an array of NaN; undefined at the limit. */
  take(length: number): Float64Array | undefined {
    const free = this.#free.get(length)?.pop();
    if (free !== undefined) return free.fill(NaN);
    if (this.#numbers + length > this.limit && !this.#release(length)) return undefined;
    this.#numbers += length;
    return new Float64Array(length).fill(NaN);
  }

  /** Takes back an array that nobody uses any more. */
  give(array: Float64Array): void {
    const free = this.#free.get(array.length);
    if (free) free.push(array);
    else this.#free.set(array.length, [array]);
  }

  /** Frees arrays of other lengths until there is room. */
  #release(length: number): boolean {
    for (const [size, free] of this.#free) {
      while (free.length > 0 && this.#numbers + length > this.limit) {
        free.pop();
        this.#numbers -= size;
      }
    }
    return this.#numbers + length <= this.limit;
  }
}

/** Reads the positions of groups. A group that disappeared, or whose coordinator does not answer, has no draft. */
export async function askPositions(
  client: KafkaClient,
  model: LagModel,
  groups: readonly ListedGroup[],
  arrays: Arrays,
  troubles: Troubles,
): Promise<Draft[]> {
  const drafts = await Promise.all(
    [...Map.groupBy(groups, ({ coordinator }) => coordinator)].map(async ([coordinator, own]) => {
      const found: Draft[] = [];
      for (const kind of Map.groupBy(own, ({ type }) => type === "share")) {
        const [share, members] = kind;
        for (let from = 0; from < members.length; from += GROUPS_PER_REQUEST) {
          const batch = members.slice(from, from + GROUPS_PER_REQUEST);
          const names = batch.map(({ name }) => name);
          const draft = new Drafting(batch, model, arrays, troubles);
          try {
            if (share) readShareOffsets(await client.request(coordinator, shareOffsetsV1, names), draft.share);
            else readCommitted(await client.request(coordinator, committedOffsetsV9, names), draft.committed);
          } catch (error) {
            troubles.add("group", `broker ${coordinator}: ${describeError(error)}`, batch.length);
            draft.drop();
          }
          found.push(...draft.done);
        }
      }
      return found;
    }),
  );
  return drafts.flat();
}

/** Collects an answer about several groups. */
class Drafting {
  readonly done: Draft[] = [];
  readonly #groups: ReadonlyMap<string, ListedGroup>;
  #draft: Draft | undefined;
  #topic: string | undefined;
  #offsets: Float64Array | undefined;
  #left: Float64Array | undefined;
  #full = false;

  constructor(
    groups: readonly ListedGroup[],
    private readonly model: LagModel,
    private readonly arrays: Arrays,
    private readonly troubles: Troubles,
  ) {
    this.#groups = new Map(groups.map((group) => [group.name, group]));
  }

  readonly #common = {
    group: (name: string): void => {
      const group = this.#groups.get(name);
      this.#draft = group && { group, topics: new Map() };
      this.#full = false;
    },
    end: (error: number): void => {
      const draft = this.#draft;
      if (draft === undefined) return;
      if (error === 0 && !this.#full) this.done.push(draft);
      else releaseArrays(draft, this.arrays);
      if (this.#full) this.troubles.add("memory", `group ${draft.group.name} has too many partitions`);
      else if (error !== 0 && error !== GROUP_ID_NOT_FOUND) {
        this.troubles.add("group", `group ${draft.group.name}: ${errorName(error)}`);
      }
      this.#draft = undefined;
    },
  };

  readonly committed = {
    ...this.#common,
    topic: (name: string): void => {
      this.#begin(name, false);
    },
    partition: (index: number, offset: number, error: number): void => {
      this.#take(index, offset, undefined, error);
    },
  };

  readonly share = {
    ...this.#common,
    topic: (name: string): void => {
      this.#begin(name, true);
    },
    partition: (index: number, start: number, lag: number, error: number): void => {
      this.#take(index, start, lag, error);
    },
  };

  /** Returns the arrays of an answer that could not be read. */
  drop(): void {
    for (const draft of [...this.done, ...(this.#draft ? [this.#draft] : [])]) releaseArrays(draft, this.arrays);
    this.done.length = 0;
    this.#draft = undefined;
  }

  #begin(name: string, share: boolean): void {
    this.#offsets = this.#left = undefined;
    this.#topic = name;
    // Groups keep their positions in a deleted topic for a while.
    const count = this.model.topics.get(name)?.leaders.length;
    if (count === undefined || this.#draft === undefined || this.#full) return;
    this.#offsets = this.arrays.take(count);
    this.#left = share ? this.arrays.take(count) : undefined;
    this.#full = this.#offsets === undefined || (share && this.#left === undefined);
    if (this.#offsets) this.#draft.topics.set(name, { offsets: this.#offsets, left: this.#left });
  }

  #take(index: number, offset: number, left: number | undefined, error: number): void {
    if (this.#offsets === undefined || index >= this.#offsets.length) return;
    if (error === 0) {
      this.#offsets[index] = offset;
      if (this.#left && left !== undefined) this.#left[index] = left;
    } else
      this.troubles.add(
        "position",
        `${this.#draft?.group.name ?? ""} in ${this.#topic ?? ""}-${index}: ${errorName(error)}`,
      );
  }
}

/** Returns a group's arrays to the pool. */
export function releaseArrays({ topics }: Pick<Draft | Group, "topics">, arrays: Arrays): void {
  for (const { offsets, left } of topics.values()) {
    arrays.give(offsets);
    if (left) arrays.give(left);
  }
}

/** Kafka's name of an error code. */
export const errorName = (code: number): string =>
  (protocolErrorsCodesById as Record<number, string | undefined>)[code] ?? `error ${code}`;
