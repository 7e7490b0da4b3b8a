import { podContext } from "../../components/pods/context";
import { podProblems } from "../../components/pods/refusals";
import type { Problem } from "../problems";
import { complain, type Rule, type Subject } from "./rule";

/** The keys with the resources of each kind of pod. */
const RESOURCES = {
  broker: "kafka.resources",
  controller: "controllers.resources",
  zookeeper: "zookeeper.resources",
  kproducer: "kchat.producer.resources",
  kconsumer: "kchat.consumer.resources",
  job: "operations.resources",
} as const;

function* overlays({ written, config }: Subject): Iterable<Problem> {
  const { controllers, kafka, mode, scheduling } = config;
  const zookeeper = mode === "zookeeper";
  const context = podContext(
    {
      zookeeper,
      dedicated: controllers.dedicated && !zookeeper,
      zones: scheduling.zones,
      brokerGrace: kafka.terminationGracePeriodSeconds,
    },
    RESOURCES,
  );
  for (const { path, message } of podProblems(written.pods, context)) yield complain(path, message);
}

/** The overlays of pods; the components refuse the same ones. */
export const podRules: readonly Rule[] = [
  {
    reads: [["mode"], ["controllers", "dedicated"], ["scheduling"], ["kafka", "terminationGracePeriodSeconds"]],
    check: overlays,
  },
];
