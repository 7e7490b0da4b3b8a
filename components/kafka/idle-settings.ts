import type { Path } from "../kubernetes/problems";
import type { Refused } from "./setting-refusals";
import type { Settings } from "./settings";
import type { Mode } from "./versions";

/** Settings that Kafka knows in either mode and reads in one alone: https://kafka.apache.org/39/documentation.html#brokerconfigs says so of each. */
const ONLY: Readonly<Record<Mode, RegExp>> = {
  kraft:
    /^(broker\.(heartbeat\.interval|session\.timeout)\.ms|initial\.broker\.registration\.timeout\.ms|controller\.(quorum|performance)\..*|metadata\.(log|max)\..*|listener\.name\.controller\..*)$/,
  zookeeper: /^zookeeper\..*/,
};

const EXTERNAL = /^listener\.name\.external\./;

/** What decides which settings are read. */
export interface Readers {
  readonly mode: Mode;
  /** Whether there is a listener for clients outside the cluster. */
  readonly external: boolean;
}

/** Why no server of a cluster would read a setting; undefined when some does. */
export function whyIdle(name: string, { mode, external }: Readers): string | undefined {
  const other: Mode = mode === "kraft" ? "zookeeper" : "kraft";
  if (ONLY[other].test(name)) return `has no effect in mode ${mode}: Kafka reads it in mode ${other} alone`;
  if (!external && EXTERNAL.test(name)) return "has no effect: there is no listener for clients outside the cluster";
  return undefined;
}

/**
 * Settings that Kafka would accept and never read. Who writes one relies on it.
 *
 * @param written the settings that a user wrote; defaults are no problem.
 */
export function* idleSettings(written: Settings, readers: Readers, at: Path): Iterable<Refused> {
  for (const name of Object.keys(written)) {
    const sentence = whyIdle(name, readers);
    if (sentence !== undefined) yield { at: [...at, name], sentence };
  }
}
