import type { Path } from "../kubernetes/problems";
import type { Topic } from "./default-topics";
import { asNumber, FACTORS, type Refused } from "./setting-refusals";
import type { Settings } from "./settings";
import { CORDONS_SINCE, featuresOf, isBefore, type KafkaVersion } from "./versions";

/** A cluster of which some brokers are cordoned. */
interface Cordoned {
  readonly version: KafkaVersion;
  /** The release that the cluster's metadata shall be of. @default that of the version, or what it is */
  readonly metadataVersion?: string | undefined;
  /** The number of brokers; undefined when that is wrong. */
  readonly brokers: number | undefined;
  /** Their ordinals. */
  readonly cordoned: readonly number[];
  readonly topics: readonly Topic[];
  /** The brokers' settings with defaults. */
  readonly settings: Settings;
}

/** Whether brokers can be cordoned, exist, and leave enough others for all replicas. */
export function* cordonRefusals(cluster: Cordoned, at: Path): Iterable<Refused> {
  const { version, metadataVersion, brokers, cordoned, topics, settings } = cluster;
  if (cordoned.length === 0) return;
  if (!featuresOf(version).cordons) {
    yield {
      at,
      sentence: `is for Kafka ${CORDONS_SINCE} and later; Kafka ${version} places new replicas on every broker`,
    };
    return;
  }
  if (metadataVersion !== undefined && isBefore(metadataVersion, CORDONS_SINCE)) {
    const sentence = `needs ${CORDONS_SINCE} as kafka.metadataVersion, which is ${metadataVersion}: the controllers place replicas by it`;
    yield { at, sentence };
  }
  for (const [index, id] of cordoned.entries()) {
    if (cordoned.indexOf(id) < index) yield { at: [...at, index], sentence: `${id} is named twice` };
  }
  if (brokers === undefined) return;
  const unknown = cordoned.findIndex((id) => id >= brokers);
  if (unknown >= 0) {
    yield { at: [...at, unknown], allowed: `the number of a broker, from 0 to ${brokers - 1} (replicas)` };
    return;
  }
  const left = brokers - new Set(cordoned).size;
  const most = [
    ...FACTORS.map((factor) => [factor, asNumber(settings[factor])] as const),
    ...topics.map(({ name, replicationFactor }) => [`the topic ${name}`, replicationFactor] as const),
  ].find(([, copies]) => copies > Math.max(left, 0) && copies <= brokers);
  if (left <= 0) yield { at, sentence: "names every broker, and none would be left for the partitions" };
  else if (most) {
    const [what, copies] = most;
    yield { at, sentence: `leaves ${left} of ${brokers} brokers, and ${what} has ${copies} copies: add brokers first` };
  }
}
