import { defaultOf } from "./kafka-settings";
import type { SettingValue } from "./settings";
import { featuresOf, type KafkaVersion, type Mode } from "./versions";

/** A server's settings and version. */
export interface CheckedSettings {
  readonly version: KafkaVersion;
  readonly mode: Mode;
  /** The server's future settings, without Kafka's own defaults. */
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** The settings that a user wrote, where problems are reported. */
  readonly written: ReadonlySet<string>;
}

/** A setting that Kafka refuses, with the reason. */
export interface SettingProblem {
  readonly name: string;
  readonly allowed: string;
}

/** Two settings of which the first must not exceed the second. */
interface Order {
  readonly low: string;
  readonly high: string;
  /** Whether the first must be strictly below the second. */
  readonly below?: boolean;
  /** Whether Kafka 3.9 lacks the check. */
  readonly since4?: boolean;
  /** Whether this value of the second disables the check. */
  readonly off?: (high: number) => boolean;
}

/** Minimum, own value and maximum of what group members may request. */
const inside = (least: string, own: string, most: string): Order[] => [
  { low: least, high: most },
  { low: least, high: own },
  { low: own, high: most },
];

const GROUPS = ["consumer", "share", "streams"].map((kind) => `group.${kind}`);

/**
 * The orders that `AbstractKafkaConfig` and the coordinators' configs check when a server starts. Versions without one of the settings do not check
 * it.
 */
const ORDERS: readonly Order[] = [
  ...GROUPS.flatMap((group) =>
    ["heartbeat.interval.ms", "session.timeout.ms", "assignment.interval.ms"].flatMap((what) =>
      inside(`${group}.min.${what}`, `${group}.${what}`, `${group}.max.${what}`),
    ),
  ),
  ...GROUPS.map((group) => ({
    low: `${group}.heartbeat.interval.ms`,
    high: `${group}.session.timeout.ms`,
    below: true,
    since4: true,
  })),
  ...["record.lock.duration.ms", "delivery.count.limit", "partition.max.record.locks"].flatMap((what) =>
    inside(`group.share.min.${what}`, `group.share.${what}`, `group.share.max.${what}`),
  ),
  { low: "group.share.max.size", high: "group.share.max.share.sessions" },
  { low: "group.streams.num.standby.replicas", high: "group.streams.max.standby.replicas" },
  { low: "replica.fetch.wait.max.ms", high: "replica.socket.timeout.ms" },
  { low: "replica.fetch.wait.max.ms", high: "replica.lag.time.max.ms" },
  { low: "socket.request.max.bytes", high: "queued.max.request.bytes", off: (most) => most <= 0 },
  {
    low: "connection.failed.authentication.delay.ms",
    high: "connections.max.idle.ms",
    below: true,
    off: (idle) => idle < 0,
  },
];

/** Minimum of the log cleaner's buffer per thread, in bytes. */
const CLEANER_BUFFER = 2 ** 20;

/**
 * Broker settings that are valid by themselves, but that Kafka refuses at start: its checks between settings, and bounds that it checks only then. A
 * problem is reported at a written setting.
 */
export function checkTogether(checked: CheckedSettings): SettingProblem[] {
  return [...orders(checked), ...bounds(checked)];
}

function valueOf({ settings, version }: CheckedSettings, name: string): number | undefined {
  const value = Object.hasOwn(settings, name) ? settings[name] : undefined;
  return value === undefined ? defaultOf(name, version) : Number(value);
}

function* orders(checked: CheckedSettings): Iterable<SettingProblem> {
  const told = new Set<string>();
  for (const { low, high, below = false, since4 = false, off } of ORDERS) {
    if (since4 && !featuresOf(checked.version).checksHeartbeats) continue;
    const [least, most] = [valueOf(checked, low), valueOf(checked, high)];
    if (least === undefined || most === undefined || off?.(most)) continue;
    if (!(below ? least >= most : least > most)) continue;
    const name = checked.written.has(low) ? low : high;
    if (told.has(name)) continue;
    told.add(name);
    yield name === low
      ? { name, allowed: `${below ? "less than" : "at most"} ${most}, the value of ${high}` }
      : { name, allowed: `${below ? "more than" : "at least"} ${least}, the value of ${low}` };
  }
}

function* bounds(checked: CheckedSettings): Iterable<SettingProblem> {
  const { settings, version, mode } = checked;
  const number = (name: string) => (Object.hasOwn(settings, name) ? Number(settings[name]) : undefined);
  const text = (name: string) => (Object.hasOwn(settings, name) ? String(settings[name]).trim() : undefined);

  // The first one that is set applies.
  const retention = ["log.retention.ms", "log.retention.minutes", "log.retention.hours"].find(
    (name) => number(name) !== undefined,
  );
  if (retention !== undefined && number(retention) === 0)
    yield { name: retention, allowed: "-1, for ever, or at least 1" };
  for (const [name, least] of [
    ["log.roll.ms", 1],
    ["log.roll.jitter.ms", 0],
  ] as const) {
    if ((number(name) ?? least) < least) yield { name, allowed: `a whole number, at least ${least}` };
  }
  for (const name of ["offsets.topic.compression.codec", "share.coordinator.state.topic.compression.codec"]) {
    const codec = number(name);
    if (codec !== undefined && (codec < 0 || codec > 4)) {
      yield { name, allowed: "0 (none), 1 (gzip), 2 (snappy), 3 (lz4) or 4 (zstd)" };
    }
  }
  const records = "share.coordinator.snapshot.update.records.per.snapshot";
  if ((number(records) ?? 0) > 500) yield { name: records, allowed: "a whole number from 0 to 500" };

  yield* cleaner(checked);
  yield* connections(text("max.connections.per.ip"), text("max.connections.per.ip.overrides"));

  const acks = number("offsets.commit.required.acks");
  const copies = valueOf(checked, "offsets.topic.replication.factor") ?? 1;
  if (acks !== undefined && featuresOf(version).commitAcks && (acks < -1 || acks > copies)) {
    yield {
      name: "offsets.commit.required.acks",
      allowed: `from -1 to ${copies}, the offsets.topic.replication.factor`,
    };
  }
  const protocols = "group.coordinator.rebalance.protocols";
  const spoken = text(protocols)?.split(/\s*,\s*/);
  if (spoken && !spoken.includes("classic")) yield { name: protocols, allowed: "a list with classic in it" };
  else if (mode === "zookeeper" && spoken?.some((protocol) => protocol !== "classic")) {
    yield { name: protocols, allowed: "classic in mode zookeeper" };
  }
}

/** Each thread's part of the buffer must exceed a mebibyte. */
function* cleaner(checked: CheckedSettings): Iterable<SettingProblem> {
  const [buffer, count] = ["log.cleaner.dedupe.buffer.size", "log.cleaner.threads"];
  const threads = valueOf(checked, count) ?? 1;
  const bytes = valueOf(checked, buffer) ?? Infinity;
  if (threads < 1) yield { name: count, allowed: "a whole number, at least 1" };
  else if (Math.floor(bytes / threads) <= CLEANER_BUFFER) {
    yield checked.written.has(buffer)
      ? { name: buffer, allowed: `at least ${(CLEANER_BUFFER + 1) * threads}, for ${threads} of ${count}` }
      : {
          name: count,
          allowed: `at most ${Math.floor(bytes / (CLEANER_BUFFER + 1))}, for ${bytes} bytes of ${buffer}`,
        };
  }
}

function* connections(most: string | undefined, overrides = ""): Iterable<SettingProblem> {
  const name = "max.connections.per.ip.overrides";
  // Kafka ignores empty entries at the end.
  const entries = overrides.replace(/(\s*,\s*)+$/, "");
  if (entries !== "" && !entries.split(/\s*,\s*/).every((entry) => /^.+:\s*[+-]?\d+$/.test(entry))) {
    yield { name, allowed: "a comma list of host:count" };
  }
  if (most !== undefined && Number(most) === 0 && overrides === "") {
    yield { name: "max.connections.per.ip", allowed: `at least 1, unless ${name} is set` };
  }
}
