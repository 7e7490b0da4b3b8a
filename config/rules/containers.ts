import { type Path, type Problem, valueAt } from "../problems";
import { parseBytes, parseCpu, parseHeap } from "../quantities";
import type { Resources } from "../values";
import { type Rule, type Subject, refuse } from "./rule";

/** Share of the memory limit that a JVM's heap may take; threads, buffers, code and metadata need the rest. */
const HEAP_SHARE = 0.75;

const CONTAINERS: readonly Path[] = [
  ["kafka", "resources"],
  ["controllers", "resources"],
  ["zookeeper", "resources"],
  ["registry", "resources"],
  ["kchat", "producer", "resources"],
  ["kchat", "consumer", "resources"],
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
        yield refuse(subject, [...container, "requests", name], `at most ${limit}, the limit`);
      }
    }
  }
}

function* heaps(subject: Subject): Iterable<Problem> {
  for (const server of ["kafka", "controllers", "zookeeper"] as const) {
    const { heap, resources } = subject.config[server];
    const most = Math.floor(((parseBytes(resources.limits.memory) ?? 0) * HEAP_SHARE) / 2 ** 20);
    if ((parseHeap(heap) ?? 0) > most * 2 ** 20) {
      const allowed = `at most ${most}m, ${HEAP_SHARE * 100} % of the memory limit ${resources.limits.memory} (${server}.resources.limits.memory)`;
      yield refuse(subject, [server, "heap"], allowed);
    }
  }
}

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
];
