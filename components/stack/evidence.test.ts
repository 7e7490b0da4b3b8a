import assert from "node:assert/strict";
import { evidenceOf, type Objects, type Started } from "./evidence";

const T0 = new Date("2026-01-01T00:00:00Z");
const minutesLater = (minutes: number) => new Date(T0.getTime() + minutes * 60_000);

const NOTHING: Objects = { record: null, configuration: null, claims: [], volumes: [], pods: [], sets: [], nodes: [] };

const volume = (more: Record<string, unknown> = {}) => ({
  metadata: { name: "kafka-data-0-broker-1", creationTimestamp: T0 },
  spec: {
    claimRef: { namespace: "kafka", name: "data-0-broker-1" },
    nfs: { server: "NAS", path: "/kafka/" },
    ...more,
  },
});
const onNode = (node: string) =>
  volume({
    nfs: undefined,
    hostPath: { path: "/data/1" },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] }],
      },
    },
  });
const pod = (containers: Record<string, unknown>, created = T0) => ({
  metadata: { name: "broker-1", creationTimestamp: created },
  spec: { containers: [], volumes: [{ name: "data-0", persistentVolumeClaim: { claimName: "data-0-broker-1" } }] },
  status: {
    containerStatuses: [{ name: "broker", image: "", imageID: "", ready: false, restartCount: 0, ...containers }],
  },
});
const set = { metadata: { name: "broker", creationTimestamp: T0 } };
/** A StatefulSet with one server that was last changed at this time; its status changes all the time. */
const oneServer = (changed: Date) => ({
  metadata: {
    name: "broker",
    creationTimestamp: minutesLater(-600),
    managedFields: [{ time: changed }, { time: minutesLater(600), subresource: "status" }],
  },
  spec: { replicas: 1, selector: {}, template: {}, serviceName: "broker" },
  status: { replicas: 1 },
});
const WAITING = { state: { waiting: { reason: "ContainerCreating" } } };

/** Existing objects, and whether a server ever started on the volume. */
const STARTED: readonly [what: string, objects: Partial<Objects>, started: Started][] = [
  ["its server runs", { volumes: [volume()], pods: [pod({ state: { running: {} } })] }, "yes"],
  ["its server has ended", { volumes: [volume()], pods: [pod({ state: { terminated: { exitCode: 1 } } })] }, "yes"],
  [
    "its server waits to start again",
    { volumes: [volume()], pods: [pod({ ...WAITING, lastState: { terminated: { exitCode: 1 } } })] },
    "yes",
  ],
  ["its server was restarted", { volumes: [volume()], pods: [pod({ ...WAITING, restartCount: 1 })] }, "yes"],
  ["its first pod never started", { volumes: [volume()], pods: [pod(WAITING, minutesLater(2))], sets: [set] }, "no"],
  [
    "a pod that may have followed another never started",
    { volumes: [volume()], pods: [pod(WAITING, minutesLater(20))], sets: [set] },
    "unknown",
  ],
  [
    "the first pod of a server that was added to older ones never started",
    {
      volumes: [{ ...volume(), metadata: { creationTimestamp: minutesLater(600) } }],
      pods: [pod(WAITING, minutesLater(601))],
      sets: [set],
    },
    "no",
  ],
  ["its server was never wanted", { volumes: [volume()], sets: [oneServer(minutesLater(-1))] }, "no"],
  ["its server may have been wanted since", { volumes: [volume()], sets: [oneServer(minutesLater(1))] }, "unknown"],
  [
    "its server is being removed",
    { volumes: [volume()], sets: [{ ...oneServer(minutesLater(-1)), status: { replicas: 2 } }] },
    "unknown",
  ],
  [
    "nobody knows since when its server is not wanted",
    { volumes: [volume()], sets: [{ ...oneServer(T0), metadata: { name: "broker", creationTimestamp: T0 } }] },
    "unknown",
  ],
  ["it has no pod", { volumes: [volume()], sets: [set] }, "unknown"],
  [
    "it has no pod, and its node does not exist",
    { volumes: [onNode("typo")], nodes: [{ metadata: { name: "a" } }] },
    "no",
  ],
  ["it has no pod, and its node exists", { volumes: [onNode("a")], nodes: [{ metadata: { name: "a" } }] }, "unknown"],
];

describe("evidence of a stack's data", () => {
  for (const [what, objects, started] of STARTED) {
    it(`of a volume: ${what}: started is ${started}`, () => {
      const { volumes } = evidenceOf({ ...NOTHING, ...objects });
      assert.deepEqual(
        volumes.map((found) => [found.pool, found.ordinal, found.volume, found.started]),
        [["broker", 1, 0, started]],
      );
    });
  }

  it("has a volume's place, as the volume spells it", () => {
    const places = evidenceOf({ ...NOTHING, volumes: [volume(), onNode("a")] }).volumes.map(({ place }) => place);
    assert.deepEqual(places, ["NAS:/kafka/", "a:/data/1"]);
  });

  it("has a StorageClass claim's class once it is bound, with its actual size", () => {
    const claim = (name: string, bound: boolean) => ({
      metadata: { name },
      spec: {
        storageClassName: "fast",
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "20Gi" } },
        ...(bound && { volumeName: "pvc-1" }),
      },
      status: bound ? { capacity: { storage: "10Gi" } } : {},
    });
    const { volumes } = evidenceOf({
      ...NOTHING,
      claims: [claim("data-0-broker-0", true), claim("data-1-controller-2", false), claim("data-0-others-0", true)],
    });
    const common = { type: "storageClass", className: "fast", accessMode: "ReadWriteOnce" };
    assert.deepEqual(volumes, [
      {
        ...common,
        claim: "data-0-broker-0",
        pool: "broker",
        volume: 0,
        ordinal: 0,
        size: { asked: "20Gi", given: "10Gi" },
        started: "yes",
      },
      {
        ...common,
        claim: "data-1-controller-2",
        pool: "controller",
        volume: 1,
        ordinal: 2,
        size: { asked: "20Gi", given: "20Gi" },
        started: "no",
      },
    ]);
  });

  it("counts a claim whose volume is gone as one with data", () => {
    const spec = { storageClassName: "", volumeName: "kafka-data-0-broker-0" };
    const { volumes } = evidenceOf({ ...NOTHING, claims: [{ metadata: { name: "data-0-broker-0" }, spec }] });
    assert.deepEqual(volumes, [
      { claim: "data-0-broker-0", pool: "broker", volume: 0, ordinal: 0, started: "unknown" },
    ]);
  });

  it("counts the existing brokers, and the controllers in their configuration", () => {
    const configuration = { data: { controllers: "3\n" } };
    const brokers = { ...set, spec: { replicas: 2 }, status: { replicas: 4 } };
    const sets = [brokers] as unknown as Objects["sets"];
    assert.deepEqual(evidenceOf({ ...NOTHING, configuration, sets }).servers, { controllers: 3, brokers: 4 });
    assert.equal(evidenceOf({ ...NOTHING, configuration }).servers, undefined);
    const { servers, deployed } = evidenceOf({ ...NOTHING, sets });
    assert.deepEqual({ servers, deployed }, { servers: undefined, deployed: true });
    assert.equal(evidenceOf({ ...NOTHING, configuration }).deployed, false);
  });

  it("has the record, and fails when that cannot be read", () => {
    const record = (text: string) => ({ ...NOTHING, record: { data: { "choices.json": text } } });
    assert.deepEqual(evidenceOf(record('{"mode": "kraft"}')).reached, { mode: "kraft" });
    assert.equal(evidenceOf(NOTHING).reached, undefined);
    assert.throws(() => evidenceOf(record("{")), SyntaxError);
    assert.throws(
      () => evidenceOf({ ...NOTHING, record: { data: {} } }),
      /has no choices\.json: it does not say what settings/,
    );
  });
});
