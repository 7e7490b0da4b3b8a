import { nodePortRange } from "../../components/kafka/external-range";
import { type Path, type Problem, formatPath } from "../problems";
import type { PlainConfig } from "../resolve";
import { type Rule, type Subject, complain, told } from "./rule";

/** A NodePort that a stack uses. */
export interface NodePortUse {
  readonly port: number;
  /** The key that it comes from. */
  readonly path: Path;
  /** Its user, such as `broker 2`. */
  readonly by: string;
}

const EXTERNAL: Path = ["kafka", "external", "nodePortBase"];

/** Every NodePort that the stack uses. */
export function* nodePortUses(config: PlainConfig): Iterable<NodePortUse> {
  const { registry, kchat, kafka, replicas } = config;
  if (!registry.external) yield { port: registry.nodePort, path: ["registry", "nodePort"], by: "the registry" };
  if (kchat.enabled && kchat.serviceType === "NodePort") {
    yield { port: kchat.producer.nodePort, path: ["kchat", "producer", "nodePort"], by: "kproducer" };
    yield { port: kchat.consumer.nodePort, path: ["kchat", "consumer", "nodePort"], by: "kconsumer" };
  }
  if (kafka.external.enabled) {
    const base = kafka.external.nodePortBase;
    yield { port: base - 1, path: EXTERNAL, by: "the external bootstrap Service" };
    for (let broker = 0; broker < replicas; broker++)
      yield { port: base + broker, path: EXTERNAL, by: `broker ${broker}` };
  }
}

/** One problem for each key: two overlapping ranges are reported once, at the first common port. */
function* ports(subject: Subject): Iterable<Problem> {
  const taken = new Map<number, NodePortUse>();
  const told = new Set<string>();
  for (const use of nodePortUses(subject.config)) {
    const other = taken.get(use.port);
    const path = formatPath(use.path);
    if (other && !told.has(path)) {
      told.add(path);
      yield complain(
        use.path,
        `gives ${use.by} the NodePort ${use.port}, which ${other.by} has (${formatPath(other.path)})`,
      );
    }
    taken.set(use.port, other ?? use);
  }
}

const externalRange: Rule["check"] = (subject) => {
  const { replicas, kafka } = subject.config;
  return kafka.external.enabled ? told(subject, nodePortRange(replicas, kafka.external.nodePortBase, EXTERNAL)) : [];
};

/** NodePorts. */
export const portRules: readonly Rule[] = [
  {
    reads: [["replicas"], ["kafka", "external"], ["kchat"], ["registry", "nodePort"], ["registry", "external"]],
    check: ports,
  },
  { reads: [["replicas"], ["kafka", "external"]], check: externalRange },
];
