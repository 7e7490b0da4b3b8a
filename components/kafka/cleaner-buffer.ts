import { LEAST_HEAP } from "../kubernetes/bounds";
import type { Path } from "../kubernetes/problems";
import { parseHeap } from "../kubernetes/quantities";
import { asNumber, type Refused } from "./setting-refusals";
import type { Settings } from "./settings";

const BUFFER = "log.cleaner.dedupe.buffer.size";
/** Kafka's own default of the buffer, in bytes. */
const USUAL = 128 * 2 ** 20;
/** Bytes of it that a thread of the log cleaner uses at most. */
const MOST_PER_THREAD = 2 ** 31 - 1;
const MiB = 2 ** 20;

/** Where brokers' heap and settings are written. */
export interface HeapPlaces {
  readonly heap: Path;
  readonly settings: Path;
}

/**
 * Whether a broker's heap holds the log cleaner's buffer. A broker allocates all of it when it starts, and ends at once with `OutOfMemoryError` when there is
 * no room: seen with Kafka 4.3.1, whose own buffer of 128 MiB needs a heap of 168m.
 *
 * @param heap as written, or the default. One that is no size has been refused already.
 * @param settings the brokers' own settings
 */
export function* cleanerBuffer(heap: string, settings: Settings, at: HeapPlaces): Iterable<Refused> {
  const bytes = parseHeap(heap);
  const written = Object.hasOwn(settings, BUFFER) ? asNumber(settings[BUFFER]) : USUAL;
  const buffer = Math.min(written, asNumber(settings["log.cleaner.threads"] ?? 1) * MOST_PER_THREAD);
  const off = String(settings["log.cleaner.enable"]).trim().toLowerCase() === "false";
  if (bytes === undefined || bytes < LEAST_HEAP.broker || off || !(bytes < LEAST_HEAP.broker + buffer)) return;
  const rest = `${LEAST_HEAP.broker / MiB} MiB of a broker's heap are for the rest`;
  if (buffer > USUAL) {
    const most = bytes - LEAST_HEAP.broker;
    yield {
      at: [...at.settings, BUFFER],
      allowed: `at most ${most}: a broker allocates it when it starts, its heap is ${heap}, and ${rest}`,
    };
    return;
  }
  const least = Math.ceil((LEAST_HEAP.broker + buffer) / MiB);
  const smaller = `${at.settings.join(".")}["${BUFFER}"]`;
  yield {
    at: at.heap,
    allowed: `at least ${least}m: a broker allocates the log cleaner's buffer of ${Math.ceil(buffer / MiB)} MiB when it starts, and ${rest}; or set a smaller ${smaller}`,
  };
}
