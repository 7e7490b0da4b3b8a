import { formatPath, type Path, type Problem, valueAt } from "./problems";
import type { PlainConfig } from "./resolve";

/** Keys that nothing reads because of another key. */
interface Idle {
  readonly keys: readonly Path[];
  /** Why nothing reads them; undefined when something does. */
  readonly why: (config: PlainConfig) => string | undefined;
}

const under = (parent: string, keys: readonly string[]): Path[] => keys.map((key) => [...parent.split("."), key]);

const IDLE: readonly Idle[] = [
  {
    keys: [["zookeeper"]],
    why: ({ mode }) => (mode === "kraft" ? "in mode kraft there are no ZooKeeper servers" : undefined),
  },
  {
    keys: [["controllers"]],
    why: ({ mode }) => (mode === "zookeeper" ? "in mode zookeeper the brokers elect one of them" : undefined),
  },
  {
    keys: under("controllers", ["heap", "resources"]),
    why: ({ mode, controllers }) =>
      mode === "kraft" && !controllers.dedicated
        ? "unless controllers.dedicated is true, controllers are brokers with the keys of kafka"
        : undefined,
  },
  {
    keys: under("kafka.external", ["host", "nodePortBase"]),
    why: ({ kafka }) => (kafka.external.enabled ? undefined : "kafka.external.enabled is false"),
  },
  {
    keys: under("registry", ["nodePort", "size", "className", "chartVersion", "haSharedSecret", "resources"]),
    why: ({ registry }) =>
      registry.external ? "registry.external is true: that registry is somebody else's" : undefined,
  },
  {
    keys: under("kchat", [
      ...["rooms", "serviceType", "producer", "consumer", "token", "ingress", "trustedProxies", "streamsPerAddress"],
      "autoscaling",
    ]),
    why: ({ kchat }) => (kchat.enabled ? undefined : "kchat.enabled is false"),
  },
  {
    keys: [...under("kchat.producer", ["nodePort"]), ...under("kchat.consumer", ["nodePort"])],
    why: ({ kchat }) =>
      kchat.enabled && kchat.serviceType !== "NodePort" ? `kchat.serviceType is ${kchat.serviceType}` : undefined,
  },
  {
    keys: [...under("kchat.producer", ["replicas"]), ...under("kchat.consumer", ["replicas"])],
    why: ({ kchat }) =>
      kchat.enabled && kchat.autoscaling !== undefined
        ? "kchat.autoscaling decides how many pods there are"
        : undefined,
  },
  {
    keys: [["operations", "jobDeadlineSeconds"]],
    why: () => "a Job ends when it makes no progress (operations.rebalance.stallSeconds)",
  },
];

/** An empty map says nothing; it is the default of a project's keys. */
const isWritten = (value: unknown): boolean =>
  value !== undefined && !(typeof value === "object" && value !== null && Object.keys(value).length === 0);

/**
 * Keys that are right, and that nothing reads in this config. They are no reason to refuse a stack that runs with them, but who wrote one may rely on it.
 *
 * @param raw the config as written: a default has no effect either, and is no problem
 */
export const idleKeys = (raw: unknown, config: PlainConfig): Problem[] =>
  IDLE.flatMap(({ keys, why }) => {
    const written = keys.filter((path) => isWritten(valueAt(raw, path)));
    const reason = written.length === 0 ? undefined : why(config);
    return reason === undefined
      ? []
      : written.map((path) => ({ path: formatPath(path), message: `has no effect: ${reason}` }));
  });
