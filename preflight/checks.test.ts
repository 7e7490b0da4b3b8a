import type {
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Service,
  V1StorageClass,
} from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { parseConfig } from "../config/parse";
import { missing } from "./checks";
import type { ClusterFacts } from "./facts";

function node(
  name: string,
  more: { zone?: string; taint?: string; ready?: string; arch?: string; os?: string; handlers?: string[] } = {},
): V1Node {
  const { zone, taint, ready = "True", arch = "amd64", os = "linux", handlers } = more;
  return {
    metadata: { name, labels: { ...(zone !== undefined && { "topology.kubernetes.io/zone": zone }) } },
    spec: { ...(taint !== undefined && { taints: [{ key: "own", effect: taint }] }) },
    status: {
      conditions: [{ type: "Ready", status: ready }],
      nodeInfo: { architecture: arch, operatingSystem: os, containerRuntimeVersion: "containerd://2.1" } as never,
      ...(handlers && { runtimeHandlers: handlers.map((one) => ({ name: one })) }),
    },
  };
}

const storageClass = (name: string, { isDefault = false, grows = false } = {}): V1StorageClass => ({
  metadata: { name, annotations: { "storageclass.kubernetes.io/is-default-class": String(isDefault) } },
  provisioner: "test",
  allowVolumeExpansion: grows,
});

const claim = (name: string, storage: string, uid = "u"): V1PersistentVolumeClaim => ({
  metadata: { name, uid },
  spec: { resources: { requests: { storage } } },
});

const volume = (phase: string, name = "kafka-data-0-broker-0", claimed = "data-0-broker-0"): V1PersistentVolume => ({
  metadata: { name },
  spec: { claimRef: { namespace: "kafka", name: claimed, uid: "gone" } },
  status: { phase },
});

const service = (namespace: string, name: string, nodePort: number): V1Service => ({
  metadata: { namespace, name },
  spec: { ports: [{ port: 80, nodePort }] },
});

/** A cluster that has what any stack needs. */
const GOOD: ClusterFacts = {
  version: "v1.34.4",
  nodes: [node("a", { zone: "x" }), node("b", { zone: "y" }), node("c", { zone: "z" })],
  storageClasses: [storageClass("standard", { isDefault: true, grows: true }), storageClass("fixed")],
  volumes: [volume("Bound")],
  claims: [],
  services: [service("kafka", "kproducer", 30192), service("kafka-registry", "registry", 31500)],
  builds: "amd64",
  unread: [],
};

/** What a cluster lacks for a stack with directories on named nodes, unless its config says otherwise about storage. */
function found(config: Record<string, unknown>, facts: Partial<ClusterFacts> = {}): string[] {
  const storage = { nodes: (facts.nodes ?? GOOD.nodes ?? []).map(({ metadata }) => metadata?.name) };
  const zookeeper = config["zookeeper"] as Record<string, unknown> | undefined;
  const result = parseConfig({ storage, ...config, ...(zookeeper && { zookeeper: { storage, ...zookeeper } }) });
  assert.ok(result.ok, JSON.stringify(result));
  return missing(result.config, { ...GOOD, ...facts }).map(({ path, message }) => `${path}: ${message}`);
}

const byClass = (more: Record<string, unknown> = {}) => ({ storage: { type: "storageClass", ...more } });

describe("the preflight", () => {
  it("reports nothing when nothing is missing", () => {
    const scheduling = { spread: "required", zones: true };
    assert.deepEqual(found({ ...byClass(), scheduling }), []);
    assert.deepEqual(found({}), []);
    const monitoring = { scrape: "podMonitor", namespaces: ["monitoring"] };
    assert.deepEqual(found({ monitoring }, { apiGroups: ["apps", "monitoring.coreos.com"] }), []);
    assert.deepEqual(found({ monitoring: { ...monitoring, scrape: "annotations" } }, { apiGroups: [] }), []);
  });

  it("reports everything that is missing at once", () => {
    const problems = found(
      { ...byClass({ className: "fast" }), scheduling: { spread: "required", zones: true } },
      { version: "v1.26.9", nodes: [node("a")] },
    );
    assert.deepEqual(
      problems.map((problem) => problem.split(":")[0]),
      ["cluster", "scheduling.spread", "scheduling.zones", "storage.className"],
    );
  });

  const CASES: readonly [what: string, says: RegExp, config: Record<string, unknown>, facts?: Partial<ClusterFacts>][] =
    [
      [
        "Kubernetes is too old",
        /^cluster: runs Kubernetes v1\.26\.9; the stack needs 1\.27 or later$/,
        {},
        { version: "v1.26.9" },
      ],
      [
        "no node takes pods",
        /^cluster: has no node that is ready and takes pods \(of 2 nodes\)$/,
        {},
        { nodes: [node("a", { taint: "NoSchedule" }), node("b", { ready: "False" })] },
      ],
      [
        "there are fewer nodes than servers that must not share one",
        /^scheduling\.spread: required needs a node of its own for each of 3 brokers; 2 nodes that take pods: a, b$/,
        { scheduling: { spread: "required" } },
        { nodes: [node("a"), node("b"), node("c", { taint: "NoExecute" })] },
      ],
      [
        "there are fewer nodes than ZooKeeper servers, including those without volumes",
        /5 ZooKeeper servers; 3 nodes/,
        { mode: "zookeeper", zookeeper: { replicas: 5, persistentServers: 3 }, scheduling: { spread: "required" } },
      ],
      [
        "a node is in no zone",
        /^scheduling\.zones: needs the label topology\.kubernetes\.io\/zone .* not on b$/,
        { scheduling: { zones: true } },
        { nodes: [node("a", { zone: "x" }), node("b")] },
      ],
      ["a node cannot run Linux", /^cluster: node a runs windows/, {}, { nodes: [node("a", { os: "windows" })] }],
      [
        "a node has no default runtime",
        /^cluster: node a \(containerd:\/\/2\.1\) has no default runtime/,
        {},
        { nodes: [node("a", { handlers: ["gvisor"] })] },
      ],
      [
        "docker builds for other machines",
        /^images\.platform: is not set, so docker builds for arm64, but node a is amd64/,
        {},
        { nodes: [node("a")], builds: "arm64" },
      ],
      [
        "images are for other machines",
        /^images\.platform: is linux\/arm64, but node a is amd64/,
        { images: { platform: "linux/arm64" } },
        { nodes: [node("a")] },
      ],
      [
        "there is no such node",
        /^storage\.nodes: names d, which the cluster does not have; nodes are a, b, c$/,
        { storage: { nodes: ["a", "d"] } },
      ],
      [
        "directories may be on any of several nodes",
        /^storage\.nodes: must name the nodes whose directories hold the data, as there are several: a, b, c$/,
        { storage: {} },
      ],
      [
        "there is no such class",
        /^storage\.className: fast is not in the cluster; there are standard, fixed$/,
        byClass({ className: "fast" }),
      ],
      [
        "there is no default class for the registry",
        /^registry\.className: is not set, and the cluster has no default StorageClass; there are fixed$/,
        {},
        { storageClasses: [storageClass("fixed")] },
      ],
      [
        "volumes cannot grow",
        /^storage\.size: 10Gi asks 1 volume to grow, which the StorageClass fixed does not allow/,
        byClass({ className: "fixed" }),
        {
          claims: [
            claim("data-0-broker-0", "5Gi"),
            claim("data-0-broker-1", "10Gi"),
            claim("data-0-controller-0", "1Gi"),
          ],
        },
      ],
      [
        "a claim waits for the volume of an earlier one",
        /^cluster: volume kafka-data-0-broker-0 belongs to an earlier claim .* kubectl patch pv kafka-data-0-broker-0 --type json/,
        {},
        { volumes: [volume("Released")], claims: [claim("data-0-broker-0", "3Gi")] },
      ],
      [
        "a volume of the stack's name belongs to another claim",
        /^cluster: volume kafka-data-0-broker-0 belongs to the claim kafka\/mine; the stack needs it for data-0-broker-0$/,
        {},
        { volumes: [volume("Released", "kafka-data-0-broker-0", "mine")] },
      ],
      [
        "another Service has a port",
        /^kchat\.producer\.nodePort: gives kproducer the NodePort 30192, which the Service web\/shop has$/,
        {},
        { services: [service("web", "shop", 30192)] },
      ],
      [
        "the Prometheus operator is asked for and missing",
        /^monitoring\.scrape: podMonitor needs the Prometheus operator, and the cluster has none/,
        { monitoring: { scrape: "podMonitor", namespaces: ["monitoring"] } },
        { apiGroups: ["apps"] },
      ],
      ["something cannot be read", /^cluster: nodes cannot be read$/, {}, { unread: ["nodes cannot be read"] }],
    ];
  for (const [what, says, config, facts] of CASES) {
    it(`reports when ${what}`, () => {
      const [problem = "", ...others] = found(config, facts);
      assert.deepEqual(others, []);
      assert.match(problem, says);
    });
  }

  it("ignores what does not belong to the stack", () => {
    assert.deepEqual(found({}, { volumes: [volume("Released", "other-data-0-broker-0")] }), []);
    assert.deepEqual(found(byClass(), { volumes: [volume("Released", "kafka-data-0-broker-0", "mine")] }), []);
    assert.deepEqual(found({}, { services: [service("web", "shop", 30999)] }), []);
    assert.deepEqual(
      found(byClass({ className: "fixed", size: "5Gi" }), { claims: [claim("data-0-broker-0", "5Gi")] }),
      [],
    );
    assert.deepEqual(found({ registry: { external: true, pushAddress: "r" } }, { storageClasses: [] }), []);
  });

  it("ignores a released volume that up frees", () => {
    assert.deepEqual(found({}, { volumes: [volume("Released")] }), []);
    const still = claim("data-0-broker-0", "3Gi", "gone");
    assert.deepEqual(found({}, { volumes: [volume("Released")], claims: [still] }), []);
  });

  it("skips checks of what could not be read", () => {
    const { version = "" } = GOOD;
    assert.deepEqual(
      found({ ...byClass(), scheduling: { spread: "required" } }, {
        version,
        nodes: undefined,
        storageClasses: undefined,
      } as never),
      [],
    );
  });
});
