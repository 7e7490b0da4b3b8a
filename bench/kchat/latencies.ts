import { createHistogram } from "node:perf_hooks";

/** Milliseconds from a message's sending to its arrival at a reader. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** Collects the latencies of stamped messages (see `pace.ts`). */
export class LatencyRecorder {
  readonly #histogram = createHistogram();

  /** @param sent - `process.hrtime` of the sender, in nanoseconds. */
  record(sent: string): void {
    const took = process.hrtime.bigint() - BigInt(sent);
    this.#histogram.record(took > 0n ? took : 1n);
  }

  /** How many were recorded since the last {@link take}. */
  get count(): number {
    return this.#histogram.count;
  }

  /** What was recorded since the last call. */
  take(): Latencies {
    const at = (percentile: number) => this.#histogram.percentile(percentile) / 1e6;
    const latencies = { p50: at(50), p99: at(99), p999: at(99.9) };
    this.#histogram.reset();
    return latencies;
  }
}

/** Requests to a process that records latencies. */
export function answersOf(recorder: LatencyRecorder): Readonly<Record<string, () => unknown>> {
  return { count: () => recorder.count, take: () => recorder.take() };
}
