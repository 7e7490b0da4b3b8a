import { strict as assert } from "node:assert";

import type { PropertyMap } from "kafka-stack-engine";
import { compareStacks } from "../changes";
import { accessEffects } from "./access";
import { dataTouched } from "./data";
import { restarts } from "./restarts";
import type { RecordedResource } from "../recorder";
import { brokers, claim, configMap, deployment, job, object, recorded, volume } from "../recorded";

type Stack = readonly RecordedResource[];
type Case = readonly [title: string, before: Stack, after: Stack, effects: readonly string[]];

const namespace = (options?: Partial<RecordedResource>) =>
  recorded("kubernetes:core/v1:Namespace", "kafka", { metadata: { name: "kafka" } }, options);
const storageClass = (reclaimPolicy: string) =>
  recorded("kubernetes:storage.k8s.io/v1:StorageClass", "fast", { metadata: { name: "fast" }, reclaimPolicy });
const stateOf = (brokers: readonly number[], controllers: readonly number[], list: readonly PropertyMap[]) => {
  const moves = { throttle: 1_048_576, stallSeconds: 900, rebalance: true, wait: true };
  return JSON.stringify({ version: "4.3.1", brokers, controllers, topics: list, settings: {}, moves });
};
const topics = (...list: readonly PropertyMap[]) => configMap("topics", "cluster.json", stateOf([0, 1, 2], [0], list));
const document = (brokers: readonly number[], controllers: readonly number[]) =>
  configMap("desired-state", "cluster.json", stateOf(brokers, controllers, []));
const cordoned = (ids: readonly number[]) =>
  configMap(
    "desired-state",
    "cluster.json",
    JSON.stringify({ ...JSON.parse(stateOf([0, 1, 2], [0], [])), cordoned: ids }),
  );
const withUsers = (...users: readonly PropertyMap[]) =>
  configMap("desired-state", "cluster.json", JSON.stringify({ ...JSON.parse(stateOf([0], [0], [])), users }));
const orders = (name: string, ...operations: string[]): PropertyMap => ({
  name: "orders",
  acls: [{ resource: "topic", pattern: "literal", name, operations }],
});
const chatroom = (changes: PropertyMap = {}) => ({
  name: "chatroom",
  partitions: 12,
  replicationFactor: 3,
  ...changes,
});
const settings = (text: string) => configMap("kafka-config", "server.properties", text);
const provider = (context: string) => recorded("pulumi:providers:kubernetes", "kubernetes", { context });
const chart = (values: PropertyMap) =>
  recorded("kubernetes:helm.sh/v4:Chart", "registry", { name: "registry", namespace: "registry", values });
const mountedAt = (mountPath: string) =>
  brokers({ template: { spec: { containers: [{ name: "kafka", volumeMounts: [{ name: "data", mountPath }] }] } } });
const retention = (whenScaled: string) => ({
  persistentVolumeClaimRetentionPolicy: { whenScaled, whenDeleted: "Retain" },
});

const marked = (set: RecordedResource): RecordedResource => ({
  ...set,
  inputs: {
    ...set.inputs,
    metadata: { name: "broker", namespace: "kafka", annotations: { "kafka-stack/when-scaled": "delete" } },
  },
});

const kept: PropertyMap = { persistentVolumeReclaimPolicy: "Retain" };
const deleted: PropertyMap = { persistentVolumeReclaimPolicy: "Delete" };

const dataCases: readonly Case[] = [
  ["nothing", [brokers(), volume("a")], [brokers(), volume("a")], []],
  [
    "brokers and controllers that go, by the document that the Jobs are given",
    [document([0, 1, 2], [9000, 9001])],
    [document([0, 1], [9000])],
    [
      "broker 2 is emptied before it goes: what it holds is copied to the others",
      "controller 9001 loses its vote before it goes",
    ],
  ],
  [
    "a broker that is cordoned, and one that is no longer",
    [cordoned([1])],
    [cordoned([2])],
    ["broker 2 is cordoned: what it holds is copied to the others, and it gets no new replicas"],
  ],
  ["servers that come", [document([0], [9000])], [document([0, 1], [9000, 9001])], []],
  [
    "a document of another form, which may have had more",
    [configMap("desired-state", "cluster.json", "{}")],
    [document([0], [0])],
    [
      "brokers and controllers may be emptied before they go: what the Jobs shall bring about before the change is written in another version's form, and cannot be compared",
    ],
  ],
  ["what holds no data", [deployment("a"), job("a")], [deployment("b"), job("b")], []],
  [
    "a volume that goes",
    [volume("a", kept)],
    [],
    ["PersistentVolume data-broker-0 goes; the data at a:/export stays there"],
  ],
  [
    "a volume that goes with its data",
    [volume("a", deleted)],
    [],
    ["PersistentVolume data-broker-0 goes; the data at a:/export is deleted"],
  ],
  [
    "a volume that the stack lets go",
    [volume("a", deleted, { retainOnDelete: true })],
    [],
    ["PersistentVolume data-broker-0 leaves the stack but stays in the cluster, with its data"],
  ],
  [
    "a volume that moves",
    [volume("a")],
    [volume("b")],
    [
      "PersistentVolume data-broker-0 moves from a:/export to b:/export: its server starts with what is there, without the old data",
    ],
  ],
  [
    "a volume that grows",
    [volume("a")],
    [volume("a", { capacity: { storage: "20Gi" } })],
    ["PersistentVolume data-broker-0 grows from 10Gi to 20Gi; its data stays"],
  ],
  [
    "a volume that is no longer kept",
    [volume("a", kept)],
    [volume("a", deleted)],
    ["PersistentVolume data-broker-0 is deleted with its claim from now on, and the data with it"],
  ],
  [
    "a directory of a node",
    [volume("a", { nfs: null, hostPath: { path: "/data/0" } })],
    [],
    ["PersistentVolume data-broker-0 goes; the data at /data/0 on a node stays there"],
  ],
  [
    "a disk of a driver",
    [volume("a", { nfs: null, csi: { driver: "ebs", volumeHandle: "vol-1" } })],
    [],
    ["PersistentVolume data-broker-0 goes; the data at csi driver=ebs, volumeHandle=vol-1 stays there"],
  ],
  ["a volume that is new", [], [volume("a")], []],
  [
    "a claim that goes",
    [claim("1Gi")],
    [],
    ["PersistentVolumeClaim kafka/data-broker-0 goes; its volume's reclaim policy says whether the data stays"],
  ],
  [
    "a claim that the stack lets go",
    [claim("1Gi", { retainOnDelete: true })],
    [],
    ["PersistentVolumeClaim kafka/data-broker-0 leaves the stack but stays in the cluster, with its data"],
  ],
  [
    "a claim that shrinks",
    [claim("2Gi")],
    [claim("1024Mi")],
    ["PersistentVolumeClaim kafka/data-broker-0 shrinks from 2Gi to 1024Mi, which Kubernetes refuses"],
  ],
  ["a claim of the same size in other words", [claim("1Gi")], [claim("1024Mi")], []],
  [
    "a claim that is replaced",
    [object("core/v1:PersistentVolumeClaim", "c", { spec: { storageClassName: "a" } })],
    [object("core/v1:PersistentVolumeClaim", "c", { spec: { storageClassName: "b" } })],
    ["PersistentVolumeClaim kafka/c is deleted and made anew: its server starts without the old data"],
  ],
  [
    "a StorageClass that no longer keeps",
    [storageClass("Retain")],
    [storageClass("Delete")],
    ["StorageClass fast deletes the data of released claims from now on"],
  ],
  [
    "a namespace that goes",
    [namespace()],
    [],
    ["Namespace kafka is deleted with everything in it, claims for data included"],
  ],
  [
    "a namespace that the stack lets go",
    [namespace({ retainOnDelete: true })],
    [],
    ["Namespace kafka leaves the stack but stays in the cluster, with everything in it"],
  ],
  ["servers that come", [brokers()], [brokers({ replicas: 4 })], []],
  [
    "servers that go",
    [brokers({ replicas: 6 })],
    [brokers({ replicas: 3 })],
    ["StatefulSet kafka/broker loses broker-3 … broker-5; their claims stay, and their data with them"],
  ],
  [
    "servers that go with their claims",
    [brokers({ replicas: 4, ...retention("Delete") })],
    [brokers(retention("Delete"))],
    ["StatefulSet kafka/broker loses broker-3; their claims are deleted, and their data with them"],
  ],
  [
    "servers that go, and whose claims the stack deletes afterwards",
    [brokers({ replicas: 4, ...retention("Delete") })],
    [marked(brokers())],
    ["StatefulSet kafka/broker loses broker-3; their claims are deleted, and their data with them"],
  ],
  [
    "claims that the stack will delete",
    [brokers()],
    [marked(brokers())],
    ["StatefulSet kafka/broker deletes claims and their data from now on (whenScaled)"],
  ],
  [
    "claims that are no longer kept",
    [brokers()],
    [brokers(retention("Delete"))],
    ["StatefulSet kafka/broker deletes claims and their data from now on (whenScaled)"],
  ],
  [
    "claim templates that change",
    [brokers()],
    [brokers({ volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { storageClassName: "fast" } }] })],
    ["StatefulSet kafka/broker is replaced, as its claim templates change; its claims stay"],
  ],
  [
    "a claim that is mounted elsewhere",
    [mountedAt("/data")],
    [mountedAt("/var/lib/kafka")],
    ["StatefulSet kafka/broker mounts the claim data at /var/lib/kafka instead of /data"],
  ],
  [
    "a StatefulSet that goes",
    [brokers()],
    [],
    ["StatefulSet kafka/broker goes; the claims of its servers stay, and their data with them"],
  ],
  [
    "topics",
    [topics(chatroom(), { name: "old", partitions: 1, replicationFactor: 1 })],
    [
      topics(chatroom({ partitions: 24, replicationFactor: 2, config: { "retention.ms": "1000" } }), {
        ...{ name: "new", partitions: 1, replicationFactor: 1 },
      }),
    ],
    [
      "topic chatroom gets 24 partitions instead of 12; keys move to other partitions",
      "topic chatroom gets replication factor 2 instead of 3",
      "topic chatroom changes retention.ms from Kafka's default to 1000: this changes which records are kept",
      "topic old is no longer declared; the topic and its records stay",
      "topic new is new",
    ],
  ],
  [
    "a topic that shall have fewer partitions",
    [topics(chatroom())],
    [topics(chatroom({ partitions: 3 }))],
    ["topic chatroom gets 3 partitions instead of 12, which is refused"],
  ],
  [
    "how long brokers keep records",
    [settings("log.retention.hours=168\nnum.io.threads=8")],
    [settings("log.retention.hours=1\nnum.io.threads=4")],
    ["ConfigMap kafka/kafka-config changes log.retention.hours from 168 to 1: this changes which records are kept"],
  ],
  [
    "another cluster",
    [provider("a")],
    [provider("b")],
    [
      "provider kubernetes changes context: if that is another cluster, everything is made anew there and all data stays behind",
    ],
  ],
  [
    "the volume of a chart",
    [chart({ persistence: { size: "1Gi" } })],
    [chart({ persistence: { size: "2Gi" } })],
    ["Chart registry/registry changes its volume by values.persistence.size"],
  ],
];

const template = (strategy: PropertyMap) => ({ updateStrategy: strategy });

const restartCases: readonly Case[] = [
  ["nothing", [brokers(), deployment("a")], [brokers(), deployment("a")], []],
  [
    "a pod template of a StatefulSet",
    [brokers({}, { A: "1" })],
    [brokers({}, { A: "2" })],
    ["StatefulSet kafka/broker restarts 3 pods, one after the other: containers.kafka.env.A changed"],
  ],
  [
    "a pod template while servers come",
    [brokers({}, { A: "1" })],
    [brokers({ replicas: 5 }, { A: "2" })],
    [
      "StatefulSet kafka/broker starts broker-3 and broker-4 (3 → 5)",
      "StatefulSet kafka/broker restarts 3 pods, one after the other: containers.kafka.env.A changed",
    ],
  ],
  [
    "a pod template that waits for deletions",
    [brokers(template({ type: "OnDelete" }))],
    [brokers(template({ type: "OnDelete" }), { A: "1" })],
    ["StatefulSet kafka/broker restarts 3 pods, but each only once it is deleted: containers.kafka.env.A added"],
  ],
  [
    "the number of servers alone",
    [brokers()],
    [brokers({ replicas: 2 })],
    ["StatefulSet kafka/broker stops broker-2 (3 → 2)"],
  ],
  [
    "an image of a Deployment",
    [deployment("a")],
    [deployment("b")],
    ["Deployment kafka/kproducer restarts 2 pods, new ones before old ones: containers.main.image changed from a to b"],
  ],
  [
    "an image of a Deployment that stops first",
    [deployment("a", { strategy: { type: "Recreate" } })],
    [deployment("b", { strategy: { type: "Recreate" } })],
    ["Deployment kafka/kproducer restarts 2 pods, all at once: containers.main.image changed from a to b"],
  ],
  [
    "the number of pods",
    [deployment("a")],
    [deployment("a", { replicas: 5 })],
    ["Deployment kafka/kproducer starts 3 pods (2 → 5)"],
  ],
  [
    "a Deployment that is replaced",
    [deployment("a")],
    [deployment("a", { selector: { matchLabels: { a: "b" } } })],
    ["Deployment kafka/kproducer is replaced: 2 pods stop, then 2 pods start"],
  ],
  ["a workload that comes", [], [deployment("a")], ["Deployment kafka/kproducer is new and starts 2 pods"]],
  ["a workload that goes", [brokers()], [], ["StatefulSet kafka/broker goes, and 3 pods with it"]],
  ["a Job that is new", [], [job("a")], ["Job kafka/topics runs: before, prepare"]],
  ["a Job whose pod changes", [job("a")], [job("b")], ["Job kafka/topics runs again: before, prepare"]],
  ["a Job that goes", [job("a")], [], []],
  ["what runs no pods", [volume("a")], [volume("b")], []],
  [
    "a ConfigMap under running pods",
    [settings("a=1"), brokers()],
    [settings("a=2"), brokers()],
    [
      "StatefulSet kafka/broker does not restart, though its ConfigMap kafka/kafka-config changes: its pods read it as they run, or at their next start",
    ],
  ],
  [
    "a ConfigMap together with the pods",
    [settings("a=1"), brokers({}, { HASH: "1" })],
    [settings("a=2"), brokers({}, { HASH: "2" })],
    ["StatefulSet kafka/broker restarts 3 pods, one after the other: containers.kafka.env.HASH changed"],
  ],
  ["a ConfigMap that no pod mounts", [topics(chatroom()), brokers()], [topics(), brokers()], []],
  ["labels of a ConfigMap", [configMap("kafka-config", "a", "1"), brokers()], [labelled(), brokers()], []],
  [
    "the values of a chart",
    [chart({ replicas: 1 })],
    [chart({ replicas: 2 })],
    ["Chart registry/registry may restart what it holds: values.replicas"],
  ],
];

const access = (...from: readonly PropertyMap[]) =>
  object("networking.k8s.io/v1:NetworkPolicy", "broker", {
    spec: { policyTypes: ["Ingress"], ingress: [{ ports: [{ port: 9092 }, { port: 9095 }], from: [...from] }] },
  });
const named = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });
const own = { podSelector: {} };

const accessCases: readonly Case[] = [
  ["nothing", [access(own)], [access(own)], []],
  ["the rights of users, which stay", [withUsers(orders("*", "read"))], [withUsers(orders("*", "read"))], []],
  [
    "a right for another, and a quota",
    [withUsers(orders("chatroom", "read", "describe"))],
    [withUsers({ ...orders("chatroom", "describe", "write"), quotas: { producer_byte_rate: 1024 } })],
    [
      "user orders may now write topic chatroom",
      "user orders may no longer read topic chatroom",
      "user orders has a producer_byte_rate of 1024, where it had none",
    ],
  ],
  [
    "a password, and a new one",
    [withUsers({ ...orders("chatroom", "read") }, { ...orders("chatroom", "read"), name: "old", scram: 1 })],
    [withUsers({ ...orders("chatroom", "read"), scram: 1 }, { ...orders("chatroom", "read"), name: "old", scram: 2 })],
    [
      "user orders logs in with a password, at port 9096",
      "user old has a new password; the one before it works until the next",
    ],
  ],
  [
    "passwords that end",
    [
      withUsers(
        { ...orders("chatroom", "read"), scram: 1 },
        { ...orders("chatroom", "read"), name: "old", scram: 2 },
        { ...orders("chatroom", "read"), name: "leaked", scram: 2 },
      ),
    ],
    [withUsers(orders("chatroom", "read"), { ...orders("chatroom", "read"), name: "leaked", scram: 4 })],
    [
      "user orders logs in with a certificate, and no longer with a password",
      "user old may no longer read topic chatroom",
      "user old is declared no longer; it can no longer log in",
      "user leaked has a new password; those before it work no longer",
    ],
  ],
  [
    "a user that is declared no longer",
    [withUsers(orders("chatroom", "read"))],
    [withUsers()],
    [
      "user orders may no longer read topic chatroom",
      "user orders is declared no longer; its certificate stays where it is, and allows nothing",
    ],
  ],
  [
    "rights where there were none",
    [document([0], [0])],
    [
      withUsers({
        name: "orders",
        acls: [{ resource: "topic", pattern: "prefixed", name: "o.", operations: ["read"] }],
      }),
    ],
    [
      "whoever has a certificate may do no more than its rights allow; until now it may do everything",
      "user orders may now read each topic that begins with o.",
    ],
  ],
  [
    "a namespace that may connect from now on",
    [access(own)],
    [access(own, named("orders"))],
    [9092, 9095].map((port) => `NetworkPolicy kafka/broker now lets pods of namespace orders connect to port ${port}`),
  ],
  [
    "pods that may not any more, and addresses that may",
    [access({ ...named("orders"), podSelector: { matchLabels: { app: "api" } } }, own)],
    [access(own, { ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } })],
    [
      ...[9092, 9095].map(
        (port) =>
          `NetworkPolicy kafka/broker now lets addresses 10.0.0.0/8 without 10.1.0.0/16 connect to port ${port}`,
      ),
      ...[9092, 9095].map(
        (port) =>
          `NetworkPolicy kafka/broker no longer lets pods with app=api of namespace orders connect to port ${port}`,
      ),
    ],
  ],
  [
    "everybody",
    [object("networking.k8s.io/v1:NetworkPolicy", "broker", { spec: { ingress: [] } })],
    [object("networking.k8s.io/v1:NetworkPolicy", "broker", { spec: { ingress: [{}] } })],
    ["NetworkPolicy kafka/broker now lets anyone connect to every port"],
  ],
  [
    "a policy that goes",
    [object("networking.k8s.io/v1:NetworkPolicy", "default-deny", { spec: { podSelector: {} } })],
    [],
    [
      "NetworkPolicy kafka/default-deny goes: what it selected and no other NetworkPolicy selects can be reached by anyone",
    ],
  ],
];

function labelled(): RecordedResource {
  return recorded("kubernetes:core/v1:ConfigMap", "kafka-config", {
    metadata: { name: "kafka-config", namespace: "kafka", labels: { a: "b" } },
    data: { a: "1" },
  });
}

function check(
  cases: readonly Case[],
  effectsOf: (before: Stack, after: Stack) => readonly { subject: string; text: string }[],
) {
  for (const [title, before, after, effects] of cases) {
    it(title, () => {
      assert.deepEqual(
        effectsOf(before, after).map(({ subject, text }) => `${subject} ${text}`),
        effects,
      );
    });
  }
}

describe("what data a change touches", () => {
  check(dataCases, (before, after) => dataTouched(compareStacks(before, after)));
});

describe("who gains and who loses access", () => {
  check(accessCases, (before, after) => accessEffects(compareStacks(before, after)));
});

describe("what a change restarts", () => {
  check(restartCases, (before, after) => restarts(compareStacks(before, after), after));

  it("names the first few reasons and counts the rest", () => {
    const env = (value: string) => Object.fromEntries(["A", "B", "C", "D", "E", "F"].map((name) => [name, value]));
    const after = [brokers({}, env("2"))];
    const [effect] = restarts(compareStacks([brokers({}, env("1"))], after), after);
    assert.match(effect?.text ?? "", /env\.D changed and 2 more$/);
  });
});
