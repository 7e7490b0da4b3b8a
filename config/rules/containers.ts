import { type Path, type Problem, formatPath, valueAt } from "../problems";
import { cleanerBuffer } from "../../components/kafka/cleaner-buffer";
import { HEAP_SHARE, LEAST_HEAP } from "../../components/kubernetes/bounds";
import { parseBytes, parseCpu, parseHeap } from "../../components/kubernetes/quantities";
import type { Resources } from "../values";
import { type Rule, type Subject, refuse, told } from "./rule";

const CONTAINERS: readonly Path[] = [
  ["kafka", "resources"],
  ["controllers", "resources"],
  ["zookeeper", "resources"],
  ["registry", "resources"],
  ["kchat", "producer", "resources"],
  ["kchat", "consumer", "resources"],
  ["operations", "resources"],
];

const QUANTITIES = [
  ["cpu", parseCpu],
  ["memory", parseBytes],
  ["ephemeral-storage", parseBytes],
] as const;

function* requests(subject: Subject): Iterable<Problem> {
  for (const container of CONTAINERS) {
    const { requests: asked, limits } = valueAt(subject.config, container) as Resources;
    for (const [name, parse] of QUANTITIES) {
      const limit = limits[name];
      if (limit !== undefined && (parse(asked[name]) ?? 0) > (parse(limit) ?? 0)) {
        const key = formatPath([...container, "limits", name]);
        yield refuse(subject, [...container, "requests", name], `at most ${limit}, the limit (${key})`);
      }
    }
  }
}

const SERVERS = [
  ["kafka", "broker"],
  ["controllers", "controller"],
  ["zookeeper", "zookeeper"],
] as const;

/** Reports a heap above its limit at the key that was written: at the limit when the heap is the default, or none would fit. */
function* heaps(subject: Subject): Iterable<Problem> {
  for (const [server, kind] of SERVERS) {
    const { heap, resources } = subject.config[server];
    const limit = resources.limits.memory;
    const bytes = parseHeap(heap) ?? 0;
    const most = Math.floor(((parseBytes(limit) ?? 0) * HEAP_SHARE) / 2 ** 20);
    if (bytes <= most * 2 ** 20) continue;
    const share = `${HEAP_SHARE * 100} %`;
    const isDefault = valueAt(subject.raw, [server, "heap"]) === undefined;
    // A server does not start with less, so that no heap fits into such a limit.
    const none = most * 2 ** 20 < LEAST_HEAP[kind];
    if (isDefault || none) {
      const least = Math.ceil(bytes / HEAP_SHARE / 2 ** 20);
      const instead = none ? "" : `; or set ${server}.heap to at most ${most}m`;
      const allowed = `at least ${least}Mi, of which ${heap} of heap (${server}.heap${isDefault ? ", by default" : ""}) are ${share}${instead}`;
      yield refuse(subject, [server, "resources", "limits", "memory"], allowed);
    } else {
      const key = `${server}.resources.limits.memory`;
      yield refuse(subject, [server, "heap"], `at most ${most}m, ${share} of the memory limit ${limit} (${key})`);
    }
  }
}

const buffer: Rule["check"] = (subject) => {
  const { heap, config } = subject.config.kafka;
  return told(subject, cleanerBuffer(heap, config, { heap: ["kafka", "heap"], settings: ["kafka", "config"] }));
};

/** Requests, limits and heaps. */
export const containerRules: readonly Rule[] = [
  { reads: CONTAINERS, check: requests },
  {
    reads: [["kafka"], ["controllers"], ["zookeeper"]].flatMap(([server = ""]) => [
      [server, "heap"],
      [server, "resources"],
    ]),
    check: heaps,
  },
  {
    reads: [
      ["kafka", "heap"],
      ["kafka", "config"],
    ],
    check: buffer,
  },
];
