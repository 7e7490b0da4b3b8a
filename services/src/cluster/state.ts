import { SEVERITY, worstOf } from "./severity.js";
import type { PageEvent, Parts, TopicRow } from "./snapshot.js";

/** What the page knows of the cluster: what the stream has told since it last began with everything. */
export class ClusterState {
  #parts: Parts | undefined;
  readonly topics = new Map<string, TopicRow>();
  /** Why Kafka does not answer, and since when in ms since 1970. */
  silence: { readonly since: number; readonly why: string } | undefined;
  /** When Kafka answered, in ms since 1970 by the service's clock. */
  at = 0;

  /** The parts; undefined while nothing is known. */
  get parts(): Parts | undefined {
    return this.#parts;
  }

  /** Forgets everything, as when the stream is lost. */
  clear(): void {
    this.#parts = undefined;
    this.topics.clear();
    this.silence = undefined;
  }

  /** Takes an event. @returns whether a topic changed */
  take(event: PageEvent): boolean {
    if (!event.answers) {
      this.clear();
      this.silence = { since: event.since, why: event.why };
      return true;
    }
    // Changes to what is not known say too little.
    if (!event.full && this.#parts === undefined) return false;
    if (event.full) this.clear();
    this.silence = undefined;
    this.at = event.at;
    this.#parts = { ...this.#parts, ...event.parts } as Parts;
    for (const topic of event.topics) this.topics.set(topic.name, topic);
    for (const name of event.gone) this.topics.delete(name);
    return event.full || event.topics.length > 0 || event.gone.length > 0;
  }
}

/** The topics whose names contain a text: first those with partitions that are not in order, the worst first; Kafka's own last. */
export function listed(topics: Iterable<TopicRow>, filter: string): TopicRow[] {
  const found = [...topics].filter(({ name }) => name.includes(filter));
  return found
    .map((topic) => ({ topic, rank: topic.map === "" ? SEVERITY.length : SEVERITY.indexOf(worstOf(topic.map)) }))
    .sort(
      (one, other) =>
        one.rank - other.rank ||
        Number(one.topic.internal) - Number(other.topic.internal) ||
        (one.topic.name < other.topic.name ? -1 : 1),
    )
    .map(({ topic }) => topic);
}

/** Runs of equal signs of a map, up to a number of partitions and of runs. */
export function runsOf(
  map: string,
  most: number,
  mostRuns: number,
): { readonly runs: string[]; readonly rest: number } {
  const runs = map.slice(0, most).match(/(.)\1*/g) ?? [];
  const shown = runs.slice(0, mostRuns);
  return { runs: shown, rest: map.length - shown.reduce((sum, run) => sum + run.length, 0) };
}
