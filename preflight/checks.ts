import type { V1Node, V1StorageClass } from "@kubernetes/client-node";
import { parseBytes } from "../components/kubernetes/quantities";
import { formatPath, nodePortUses, type PlainConfig, type Problem, serverPools, type ServerPool } from "../config";
import type { ClusterFacts } from "./facts";

/** The oldest supported Kubernetes: the first with a StatefulSet's persistentVolumeClaimRetentionPolicy. */
const OLDEST = [1, 27] as const;

type Check = (config: PlainConfig, facts: ClusterFacts) => Iterable<Problem>;

const complain = (path: string, message: string): Problem => ({ path, message });
const nameOf = ({ metadata }: { metadata?: { name?: string } }): string => metadata?.name ?? "";
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
const listed = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

function* version(_config: PlainConfig, { version: found }: ClusterFacts): Iterable<Problem> {
  const [major = 0, minor = 0] = (found ?? "")
    .replace(/^v/, "")
    .split(".")
    .map((part) => parseInt(part, 10));
  if (found !== undefined && (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))) {
    yield complain("cluster", `runs Kubernetes ${found}; the stack needs ${OLDEST.join(".")} or later`);
  }
}

/** Whether pods without tolerations can be scheduled on a node. */
function takesPods({ spec, status }: V1Node): boolean {
  const kept = (spec?.taints ?? []).some(({ effect }) => effect === "NoSchedule" || effect === "NoExecute");
  const ready = (status?.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True");
  return spec?.unschedulable !== true && !kept && ready;
}

const SERVERS = { broker: "brokers", controller: "controllers", zookeeper: "ZooKeeper servers" } as const;

function* nodes(config: PlainConfig, { nodes: all }: ClusterFacts): Iterable<Problem> {
  if (!all) return;
  const usable = all.filter(takesPods);
  const names = usable.map(nameOf);
  if (usable.length === 0) {
    yield complain("cluster", `has no node that is ready and takes pods (of ${counted(all.length, "node")})`);
    return;
  }
  if (config.scheduling.spread === "required") {
    const pools = serverCounts(config).filter(({ count }) => count > usable.length);
    for (const { kind, count } of pools) {
      yield complain(
        "scheduling.spread",
        `required needs a node of its own for each of ${count} ${SERVERS[kind]}; ${counted(usable.length, "node")} that ${usable.length === 1 ? "takes" : "take"} pods: ${listed(names)}`,
      );
    }
  }
  const { zones, zoneLabel } = config.scheduling;
  const unlabelled = usable.filter(({ metadata }) => !metadata?.labels?.[zoneLabel]).map(nameOf);
  if (zones && unlabelled.length > 0) {
    yield complain(
      "scheduling.zones",
      `needs the label ${zoneLabel} on every node; it is not on ${listed(unlabelled)}`,
    );
  }
}

/** The number of servers of each kind, including those without a volume. */
function serverCounts(config: PlainConfig): { kind: ServerPool["kind"]; count: number }[] {
  return serverPools(config).map(({ kind, replicas }) => ({
    kind,
    count: kind === "zookeeper" ? config.zookeeper.replicas : replicas,
  }));
}

/** Whether the nodes' container runtimes can run the stack's images. */
function* runtimes({ images }: PlainConfig, { nodes: all, builds }: ClusterFacts): Iterable<Problem> {
  for (const node of (all ?? []).filter(takesPods)) {
    const { operatingSystem = "linux", architecture = "", containerRuntimeVersion = "" } = node.status?.nodeInfo ?? {};
    if (operatingSystem !== "linux")
      yield complain("cluster", `node ${nameOf(node)} runs ${operatingSystem}; the images are for linux`);
    const handlers = node.status?.runtimeHandlers;
    if (handlers && !handlers.some(({ name }) => !name)) {
      yield complain(
        "cluster",
        `node ${nameOf(node)} (${containerRuntimeVersion}) has no default runtime, and pods of the stack name none`,
      );
    }
    const given = images.kafka !== undefined && images.services !== undefined;
    const built = given ? undefined : (images.platform?.split("/")[1] ?? builds);
    if (built !== undefined && architecture !== "" && built !== architecture) {
      const how = images.platform === undefined ? `is not set, so docker builds for ${built}` : `is ${images.platform}`;
      yield complain(
        "images.platform",
        `${how}, but node ${nameOf(node)} is ${architecture}: its containers would not start`,
      );
    }
  }
}

function* namedNodes(config: PlainConfig, { nodes: all }: ClusterFacts): Iterable<Problem> {
  if (!all) return;
  const names = all.map(nameOf);
  for (const { path, storage } of serverPools(config)) {
    if (storage.type !== "hostPath") continue;
    if (storage.nodes === undefined && names.length > 1) {
      yield complain(
        formatPath([...path, "nodes"]),
        `must name the nodes whose directories hold the data, as there are several: ${listed(names)}`,
      );
    }
    const unknown = [...new Set(storage.nodes)].filter((name) => !names.includes(name));
    if (unknown.length > 0) {
      yield complain(
        formatPath([...path, "nodes"]),
        `names ${listed(unknown)}, which the cluster does not have; nodes are ${listed(names)}`,
      );
    }
  }
}

const isDefault = ({ metadata }: V1StorageClass): boolean =>
  metadata?.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";

/** A volume requested from a StorageClass. */
interface Wanted {
  readonly key: string;
  readonly className: string | undefined;
  readonly pool?: ServerPool;
}

function wanted(config: PlainConfig): Wanted[] {
  const pools = serverPools(config).flatMap((pool): Wanted[] =>
    pool.storage.type === "storageClass"
      ? [{ key: formatPath(pool.path), className: pool.storage.className, pool }]
      : [],
  );
  return config.registry.external ? pools : [...pools, { key: "registry", className: config.registry.className }];
}

function* classes(config: PlainConfig, { storageClasses, claims = [] }: ClusterFacts): Iterable<Problem> {
  if (!storageClasses) return;
  const names = storageClasses.map(nameOf);
  for (const { key, className, pool } of wanted(config)) {
    const found = storageClasses.find((one) => (className === undefined ? isDefault(one) : nameOf(one) === className));
    if (!found) {
      const what =
        className === undefined
          ? "is not set, and the cluster has no default StorageClass"
          : `${className} is not in the cluster`;
      yield complain(`${key}.className`, `${what}; there are ${listed(names)}`);
    } else if (pool && found.allowVolumeExpansion !== true) {
      const growing = claims.filter((claim) => grows(pool, claim));
      if (growing.length > 0) {
        yield complain(
          `${key}.size`,
          `${pool.storage.size} asks ${counted(growing.length, "volume")} to grow, which the StorageClass ${nameOf(found)} does not allow (allowVolumeExpansion)`,
        );
      }
    }
  }
}

function grows(
  { kind, storage }: ServerPool,
  claim: { metadata?: { name?: string }; spec?: { resources?: { requests?: Record<string, string> } } },
): boolean {
  const asked = claim.spec?.resources?.requests?.["storage"];
  const own = new RegExp(`^data-\\d+-${kind}-\\d+$`).test(nameOf(claim));
  return own && asked !== undefined && (parseBytes(asked) ?? Infinity) < (parseBytes(storage.size) ?? 0);
}

/**
 * Existing volumes that would keep the stack's claims pending. `up` frees a released volume when it creates the next claim, so such a volume does
 * not.
 */
function* released(config: PlainConfig, { volumes = [], claims = [] }: ClusterFacts): Iterable<Problem> {
  const { namespace } = config.cluster;
  const kinds = serverPools(config).flatMap(({ kind, storage }) => (storage.type === "storageClass" ? [] : [kind]));
  const own = new RegExp(`^${namespace}-(data-\\d+-(?:${kinds.join("|")})-\\d+)$`);
  for (const volume of volumes) {
    const name = nameOf(volume);
    const claim = own.exec(name)?.[1];
    const { claimRef } = volume.spec ?? {};
    if (claim === undefined || claimRef === undefined || volume.status?.phase !== "Released") continue;
    if (claimRef.namespace !== namespace || claimRef.name !== claim) {
      const other = `${claimRef.namespace ?? ""}/${claimRef.name ?? ""}`;
      yield complain("cluster", `volume ${name} belongs to the claim ${other}; the stack needs it for ${claim}`);
    } else if (claims.some((one) => nameOf(one) === claim && one.metadata?.uid !== claimRef.uid)) {
      // Kubernetes created this claim in place of a deleted one.
      const patch = `kubectl patch pv ${name} --type json -p '[{"op": "remove", "path": "/spec/claimRef/uid"}]'`;
      yield complain(
        "cluster",
        `volume ${name} belongs to an earlier claim ${claim}; free it for the current one: ${patch}`,
      );
    }
  }
}

function* ports(config: PlainConfig, { services = [] }: ClusterFacts): Iterable<Problem> {
  const { namespace } = config.cluster;
  const others = services.filter(
    ({ metadata }) => ![namespace, `${namespace}-registry`].includes(metadata?.namespace ?? ""),
  );
  const taken = new Map(
    others.flatMap(({ metadata, spec }) =>
      (spec?.ports ?? []).flatMap(({ nodePort }) =>
        nodePort === undefined ? [] : [[nodePort, `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`] as const],
      ),
    ),
  );
  for (const { port, path, by } of nodePortUses(config)) {
    const holder = taken.get(port);
    if (holder !== undefined)
      yield complain(formatPath(path), `gives ${by} the NodePort ${port}, which the Service ${holder} has`);
  }
}

/** The API group of the Prometheus operator. */
const OPERATOR = "monitoring.coreos.com";

function* operator({ monitoring }: PlainConfig, { apiGroups }: ClusterFacts): Iterable<Problem> {
  if (monitoring.scrape === "podMonitor" && apiGroups !== undefined && !apiGroups.includes(OPERATOR)) {
    yield complain(
      "monitoring.scrape",
      `podMonitor needs the Prometheus operator, and the cluster has none (no ${OPERATOR}): install it first, or use annotations`,
    );
  }
}

const CHECKS: readonly Check[] = [version, nodes, runtimes, namedNodes, classes, released, ports, operator];

/** Everything that the stack needs and the cluster lacks. */
export function missing(config: PlainConfig, facts: ClusterFacts): Problem[] {
  return [
    ...facts.unread.map((message) => complain("cluster", message)),
    ...CHECKS.flatMap((check) => [...check(config, facts)]),
  ];
}
