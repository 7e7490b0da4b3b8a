import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { IMAGE, one, parts } from "../../test/support/components";
import { waitsFor } from "../../test/support/graph";
import { called } from "../../test/support/objects";
import { record, registered, type Recorded } from "../../test/support/recording";
import type { RightSpec } from "../users/user";
import type { ImageBuild, KafkaImages } from "./images";
import { Kafka, type KafkaArgs } from "./kafka";

const IMAGES = { kafka: IMAGE, services: IMAGE, version: "4.3.1" } as const satisfies KafkaImages;

const events = (args: Omit<KafkaArgs, "images"> & { images?: KafkaImages | ImageBuild }) =>
  registered(() => new Kafka("events", { images: IMAGES, ...args }));

/** The lines of `server.properties`. */
function properties(resources: readonly Recorded[]): readonly string[] {
  const { data } = one(resources, "ConfigMap", "events-broker-config").inputs as { data: Record<string, string> };
  return (data["server.properties"] ?? "").split("\n");
}

const specOf = (resource: Recorded) => resource.inputs["spec"] as Record<string, unknown>;

describe("a Kafka cluster of which only the images are given", () => {
  let made: readonly Recorded[] = [];
  before(async () => {
    made = await events({});
  });

  it("has three brokers, which are controllers too, on retained claims of the default StorageClass", () => {
    const sets = made.filter(({ type }) => type.endsWith(":StatefulSet"));
    assert.deepEqual(
      sets.map((set) => [set.name, specOf(set)["replicas"]]),
      [["events-broker", 3]],
    );
    const claims = made.filter(({ type }) => type.endsWith(":PersistentVolumeClaim"));
    assert.equal(claims.length, 3);
    for (const claim of claims) {
      assert.equal(claim.retainOnDelete, true);
      assert.deepEqual(specOf(claim), {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "10Gi" } },
      });
    }
  });

  it("loses no acknowledged record with one broker", () => {
    const lines = properties(made);
    for (const line of [
      "default.replication.factor=3",
      "min.insync.replicas=2",
      "unclean.leader.election.enable=false",
      "auto.create.topics.enable=false",
      "offsets.topic.replication.factor=3",
      "transaction.state.log.replication.factor=3",
      "transaction.state.log.min.isr=2",
      "share.coordinator.state.topic.replication.factor=3",
      "share.coordinator.state.topic.min.isr=2",
    ]) {
      assert.ok(lines.includes(line), line);
    }
  });

  it("is in its own namespace with its own name, which outlives it with its claims", () => {
    const namespace = one(made, "Namespace");
    assert.equal((namespace.inputs["metadata"] as { name: string }).name, "events");
    assert.equal(namespace.retainOnDelete, true);
    const elsewhere = made.filter(
      ({ type, inputs }) =>
        /^kubernetes:(core|apps|batch|networking|policy)/.test(type) &&
        !type.endsWith(":Namespace") &&
        (inputs["metadata"] as { namespace?: string }).namespace !== "events",
    );
    assert.deepEqual(elsewhere.map(called), []);
  });

  it("creates its providers, of which one adopts objects of an earlier deployment, and asks their cluster", () => {
    const providerOf = (resource: Recorded) => resource.provider?.split("::").at(-2);
    assert.equal(providerOf(one(made, "StatefulSet")), "events-kubernetes");
    for (const kept of [
      one(made, "Namespace"),
      ...made.filter(({ type }) => type.endsWith(":PersistentVolumeClaim")),
    ]) {
      assert.equal(providerOf(kept), "events-kubernetes-adopting", kept.name);
    }
    const provider = made.find(({ name }) => name === "events-kubernetes");
    assert.deepEqual(provider?.inputs["enableConfigMapMutable"], "true");
    assert.ok(
      one(made, "Namespace").beforeCreate.length > 0,
      "it would take over a namespace that somebody else created",
    );
  });

  it("needs no docker", () => {
    assert.deepEqual(
      made.filter(({ type }) => type.startsWith("docker:")),
      [],
    );
  });
});

describe("a Kafka cluster", () => {
  it("builds its images when it is given a registry, and pulls them with the password that it pushes with", async () => {
    const registry = { pushAddress: "push.example.com/team", pullAddress: "pull.example.com/team" };
    const made = await events({ images: { registry: { ...registry, username: "somebody", password: "word" } } });
    const images = made.filter(({ type }) => type.startsWith("docker:"));
    assert.deepEqual(images.map(({ name }) => name).sort(), ["events-kafka-image", "events-services-image"]);
    const { template } = specOf(one(made, "StatefulSet")) as {
      template: { spec: { containers: { image: string }[]; imagePullSecrets: { name: string }[] } };
    };
    assert.match(template.spec.containers[0]?.image ?? "", /^pull\.example\.com\/team\/kafka@sha256:/);
    assert.deepEqual(template.spec.imagePullSecrets, [{ name: "registry-pull" }]);
    const open = await events({ images: { registry: "registry.example.com/team" } });
    const secrets = open.filter(({ type }) => type.endsWith(":Secret"));
    assert.deepEqual(
      secrets.map(({ name }) => name),
      ["events-orders"],
      "none to pull with",
    );
  });

  it("uses 3.9 with ZooKeeper by default, and three ZooKeeper servers", async () => {
    const made = await events({ images: { registry: "registry.example.com/team" }, zookeeper: {} });
    const image = one(made, "index/image:Image", "events-kafka-image");
    assert.equal((image.inputs["build"] as { args: Record<string, string> }).args["KAFKA_VERSION"], "3.9.2");
    assert.equal(specOf(one(made, "StatefulSet", "events-zookeeper"))["replicas"], 3);
    assert.ok(!properties(made).some((line) => line.startsWith("share.coordinator")));
  });

  it("uses a given provider, and creates none", async () => {
    const made = await registered(() => {
      const provider = new k8s.Provider("mine", { enableServerSideApply: true });
      new Kafka("events", { images: IMAGES, namespace: "there" }, { provider });
    });
    const providers = made.filter(({ type }) => type === "pulumi:providers:kubernetes");
    assert.deepEqual(
      providers.map(({ name }) => name),
      ["mine"],
    );
    assert.ok(
      made.filter(({ type }) => type.startsWith("kubernetes:")).every(({ provider }) => provider?.includes("::mine::")),
    );
    assert.deepEqual(
      made.filter(({ type }) => type.endsWith(":Namespace")),
      [],
    );
  });

  it("can be there twice in a program, each with its own names", async () => {
    const made = await registered(() => {
      const first = new Kafka("orders", { images: { registry: "registry.example.com/team" } });
      new Kafka("audit", { images: first.images, brokers: 1 });
    });
    const urns = made.map(({ urn }) => urn);
    assert.equal(new Set(urns).size, urns.length);
    assert.equal(parts(made).filter((name) => name.startsWith("Image ")).length, 2);
    assert.deepEqual(
      parts(made).filter((name) => name.startsWith("Namespace ")),
      ["Namespace audit-namespace", "Namespace orders-namespace"],
    );
  });

  it("is refused in the namespace of another one, by both names, unless they may be on different Kubernetes clusters", async () => {
    const two = (...more: readonly Partial<KafkaArgs>[]) =>
      registered(() => more.map((args, index) => new Kafka(`kafka-${index}`, { images: IMAGES, ...args })));
    for (const more of [
      [{ namespace: "shared" }, { namespace: "shared" }],
      [{}, { namespace: "kafka-0" }],
      [
        { namespace: "shared", cluster: { context: "a" } },
        { namespace: "shared", cluster: { context: "a" } },
      ],
    ]) {
      await assert.rejects(
        two(...more),
        /The cluster kafka-1 is refused: namespace: (shared|kafka-0) is that of the cluster kafka-0; .* Give kafka-1 another `namespace`/,
      );
    }
    const elsewhere = { namespace: "shared", cluster: { context: "b" } };
    await two({ namespace: "shared", cluster: { context: "a" } }, elsewhere);
    // Another run of the same program is not another cluster.
    await two({ namespace: "shared" });
    await registered(() => {
      const provider = new k8s.Provider("mine", {});
      const other = new k8s.Provider("other", {});
      const args = { images: IMAGES, namespace: "shared" };
      new Kafka("one", args, { provider });
      new Kafka("two", args, { provider: other });
      assert.throws(() => new Kafka("three", args, { provider }), /The cluster three is refused/);
    });
    // The same kubeconfig and context as without the argument.
    await assert.rejects(two({ namespace: "shared", cluster: {} }, { namespace: "shared" }), /kafka-1 is refused/);
  });

  it("may be created again and again by unit tests of programs, which set Pulumi's mocks once", async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs as object }),
      call: () => ({}),
    });
    new Kafka("kafka", { images: IMAGES });
    assert.ok(new Kafka("kafka", { images: IMAGES }).bootstrap);
    await pulumi.runtime.disconnect();
  });

  it("gives clients an address in its namespace", async () => {
    const { outputs } = await record(() => ({ bootstrap: new Kafka("events", { images: IMAGES }).bootstrap }));
    assert.equal(outputs["bootstrap"], "kafka-bootstrap.events.svc:9092");
  });

  it("gives a larger heap the memory that it needs", async () => {
    const made = await events({ brokers: { heap: "4g" } });
    const { template } = specOf(one(made, "StatefulSet")) as {
      template: { spec: { containers: { resources: unknown }[] } };
    };
    assert.deepEqual(template.spec.containers[0]?.resources, {
      requests: { cpu: "250m", memory: "6144Mi", "ephemeral-storage": "256Mi" },
      limits: { memory: "8192Mi", "ephemeral-storage": "256Mi" },
    });
  });

  it("refuses a malformed heap", async () => {
    await assert.rejects(
      events({ brokers: { heap: "4 GB" } }),
      /^Error: The cluster events is refused: brokers\.heap: 4 GB is refused; allowed is a JVM heap size/,
    );
  });

  it("refuses impossible clusters, with all problems at once", async () => {
    const wrong: Partial<KafkaArgs> = {
      brokers: { replicas: 0, resources: { limits: { memory: "lots" } }, storage: { size: "big" } },
      controllers: 2,
      settings: { "log.dirs": "/data", "log.retention.hour": 1, "num.io.threads": "many" },
      topics: [{ name: "a" }, { name: "a" }, { name: "b/c", partitions: 0 }],
    };
    await assert.rejects(events(wrong), ({ message }: Error) => {
      for (const part of [
        "brokers.replicas: 0 is refused; allowed is a whole number from 1 to 1000",
        "brokers.resources.limits.memory: lots is refused",
        "brokers.storage.size: big is refused",
        "controllers: 2 is refused; allowed is an odd number from 1 to 9",
        'settings["log.dirs"]: belongs to the stack',
        'settings["log.retention.hour"]: is unknown to Kafka; did you mean log.retention.hours?',
        'settings["num.io.threads"]: many is refused',
        "topics[1].name: a is declared twice",
        "topics[2].name: b/c is refused",
        "topics[2].partitions: 0 is refused",
      ]) {
        assert.ok(message.includes(part), `${part}\n---\n${message}`);
      }
      return true;
    });
    await assert.rejects(
      events({ brokers: 2, topics: [{ name: "a", replicationFactor: 3 }] }),
      /topics\[0\]\.replicationFactor: 3 is refused; allowed is at most 2, the number of brokers/,
    );
  });

  it("refuses servers that would share a directory, ports that are no NodePorts, and Jobs that ask for more than they may have", async () => {
    const inside = { type: "hostPath", path: "/data/{ordinal}/metadata" } as const;
    const wrong: Partial<KafkaArgs> = {
      brokers: { storage: { type: "hostPath", path: "/data/{ordinal}" } },
      controllers: { storage: inside },
      external: { host: "kafka.example.com", nodePortBase: 32_766 },
      operations: { resources: { requests: { memory: "1Gi" }, limits: { memory: "512Mi" } } },
    };
    await assert.rejects(events(wrong), ({ message }: Error) => {
      for (const part of [
        "controllers.storage.path: puts controller 0 into /data/0/metadata, inside the directory /data/0 of broker 0 (brokers.storage.path)",
        "external.nodePortBase: 32766 is refused; allowed is from 30001 to 32765, so that the bootstrap Service and 3 brokers fit",
        "operations.resources.requests.memory: 1Gi is refused; allowed is at most 512Mi, the limit (operations.resources.limits.memory)",
      ]) {
        assert.ok(message.includes(part), `${part}\n---\n${message}`);
      }
      return true;
    });
    const twice = { server: "NAS.example.com", path: "/exports/1/" };
    const servers = [{ server: "nas.example.com", path: "/exports/1" }, twice];
    await assert.rejects(
      events({ brokers: { replicas: 2, storage: { type: "nfs", servers } } }),
      /brokers\.storage\.servers\[1\]: gives broker 1 the directory \/exports\/1\/, which broker 0 has \(brokers\.storage\.servers\[0\]\)/,
    );
  });

  it("refuses users that nothing would hold to their rights, and rights in words that nobody knows", async () => {
    const word = { topic: "a", allow: ["reed"] } as unknown as RightSpec;
    const users = [{ name: "orders", rights: [word], quotas: { producerByteRate: 1 } }];
    const topics = [{ name: "a" }];
    await assert.rejects(events({ users, topics, authentication: "tls" }), ({ message }: Error) => {
      assert.match(message, /users\[0\]\.rights\[0\]\.allow\[0\]: reed is refused; did you mean read\?/);
      assert.match(message, /users\[0\]\.quotas\.producerByteRate: 1 is refused; allowed is a whole number from 1024/);
      return true;
    });
    const right: RightSpec = { topic: "a", allow: ["read"] };
    await assert.rejects(
      events({ users: [{ name: "orders", rights: [right] }], topics }),
      /users: are known by certificates, which only a closed stack has/,
    );
    await assert.rejects(
      events({ authentication: "tls", settings: { "super.users": "User:orders" } }),
      /settings\["super\.users"\]: belongs to the stack while authentication is tls/,
    );
  });

  it("declares topics with a replication factor that fits the brokers", async () => {
    const made = await events({ brokers: 1, topics: [{ name: "orders" }] });
    const { data } = made.find(({ name }) => name === "events-desired-state")?.inputs as {
      data: Record<string, string>;
    };
    const { topics } = JSON.parse(data["cluster.json"] ?? "") as { topics: unknown[] };
    assert.deepEqual(topics, [{ name: "orders", partitions: 12, replicationFactor: 1, config: {} }]);
  });

  it("deletes claims of servers that left only where the config says so, of each kind of server, after the change is complete", async () => {
    const storage = { whenScaled: "delete" } as const;
    const stashOf = (resources: readonly Recorded[]) => resources.find(({ type }) => type === "pulumi:index:Stash");
    const poolsOf = (resources: readonly Recorded[]) =>
      (stashOf(resources)?.inputs["input"] as { pools: unknown } | undefined)?.pools;
    assert.equal(stashOf(await events({ brokers: { storage: { whenScaled: "retain" } } })), undefined);
    const resources = await events({ brokers: { storage }, controllers: { replicas: 5, storage } });
    assert.deepEqual(poolsOf(resources), [
      { pool: "broker", replicas: 3 },
      { pool: "controller", replicas: 5 },
    ]);
    const stash = stashOf(resources);
    assert.ok(stash);
    assert.ok(waitsFor({ resources }, stash).has(one(resources, "Job", "events-finish").urn));
    assert.equal(stash.beforeUpdate.length, 1);
    const zookeeper = { replicas: 5, persistentServers: 3, storage };
    const images = { ...IMAGES, version: "3.9.2" };
    assert.deepEqual(poolsOf(await events({ images, zookeeper })), [{ pool: "zookeeper", replicas: 3 }]);
  });

  it("runs all checks that may refuse a change before anything is drained, and the restart check after it", async () => {
    const resources = await events({});
    const job = (name: string) => one(resources, "Job", `events-${name}`);
    const before = (name: string) => waitsFor({ resources }, job(name));
    assert.ok(before("prepare").has(job("broker-config-check").urn));
    assert.ok(before("prepare").has(job("metadata-check").urn));
    assert.ok(before("broker-restart-check").has(job("prepare").urn));
    const servers = waitsFor({ resources }, one(resources, "StatefulSet", "events-broker"));
    assert.ok(servers.has(job("broker-restart-check").urn));
  });
});
