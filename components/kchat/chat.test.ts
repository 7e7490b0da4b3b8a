import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { redact } from "kafka-stack-engine";
import { IMAGE, labelsOf, one, RESOURCES, SCOPE, selectorOf } from "../../test/support/components";
import { workloads } from "../../test/support/objects";
import { registered, type Recorded } from "../../test/support/recording";
import { Chat, type ChatArgs } from "./chat";

const args: ChatArgs = {
  ...SCOPE,
  image: IMAGE,
  bootstrap: "kafka-bootstrap.kafka.svc:9092",
  rooms: ["chatroom", "lobby"],
  serviceType: "NodePort",
  producer: { replicas: 2, nodePort: 30192, resources: RESOURCES },
  consumer: { replicas: 3, nodePort: 30292, resources: RESOURCES },
};
const chat = (changed: Partial<ChatArgs> = {}) => registered(() => new Chat("kchat", { ...args, ...changed }));
const service = (resources: readonly Recorded[], name: string) => {
  const found = workloads({ resources }, "Deployment").find(({ metadata }) => metadata.name === name);
  assert.ok(found, `there is no Deployment ${name}`);
  const [container] = found.containers;
  const env = Object.fromEntries((container?.env ?? []).map((variable) => [variable.name, variable.value]));
  return { replicas: found.replicas, command: container?.command, env, pod: found.pod };
};

describe("Chat", () => {
  it("runs kproducer and kconsumer on the same brokers and rooms", async () => {
    const resources = await chat();
    const { replicas, command, env } = service(resources, "kproducer");
    assert.deepEqual([replicas, command], [2, ["node", "/app/kproducer.js"]]);
    assert.deepEqual(env, {
      KCHAT_BOOTSTRAP_ADDRESS: "kafka-bootstrap.kafka.svc:9092",
      KCHAT_PORT: "19092",
      KCHAT_ROOMS: "chatroom,lobby",
      KCHAT_TRUST_PROXY: "kconsumer-pods",
    });
    const consumer = service(resources, "kconsumer");
    assert.deepEqual([consumer.replicas, consumer.command], [3, ["node", "/app/kconsumer.js"]]);
    assert.deepEqual(consumer.env, {
      KCHAT_BOOTSTRAP_ADDRESS: "kafka-bootstrap.kafka.svc:9092",
      KCHAT_PORT: "29092",
      KCHAT_ROOMS: "chatroom,lobby",
      KCHAT_PRODUCER_URL: "http://kproducer:19092",
    });
  });

  it("counts the page's users by their own addresses, also behind proxies", async () => {
    const resources = await chat({ trustedProxies: ["10.0.0.0/8", "192.168.1.1"] });
    const trusted = (name: string) => service(resources, name).env["KCHAT_TRUST_PROXY"];
    assert.equal(trusted("kproducer"), "10.0.0.0/8,192.168.1.1,kconsumer-pods");
    assert.equal(trusted("kconsumer"), "10.0.0.0/8,192.168.1.1");
    assert.deepEqual(one(resources, "Service", "kchat-kconsumer-pods").inputs, {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "kconsumer-pods",
        namespace: "kafka",
        labels: labelsOf("kconsumer", "kchat"),
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        clusterIP: "None",
        selector: selectorOf("kconsumer"),
        publishNotReadyAddresses: true,
        ports: [{ name: "http", port: 29092 }],
      },
    });
  });

  it("passes kconsumer the limit of streams for each address, if one is set", async () => {
    const limit = async (changed: Partial<ChatArgs>) =>
      service(await chat(changed), "kconsumer").env["KCHAT_MAX_READERS_PER_ADDRESS"];
    assert.deepEqual([await limit({}), await limit({ streamsPerAddress: 4_000 })], [undefined, "4000"]);
  });

  it("asks for no token by default", async () => {
    const resources = await chat();
    assert.ok(!resources.some(({ type }) => type.endsWith(":Secret")));
    assert.deepEqual(service(resources, "kproducer").pod.volumes, []);
  });

  it("keeps the token in an immutable Secret, and out of the plain state", async () => {
    const resources = await chat({ token: pulumi.secret("let-me-in") });
    const { inputs } = one(resources, "Secret");
    assert.deepEqual(inputs, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace: "kafka", labels: labelsOf("kproducer", "kchat") },
      immutable: true,
      stringData: { token: "let-me-in" },
    });
    assert.ok(!resources.some(({ marked }) => JSON.stringify(redact(marked)).includes("let-me-in")));
    for (const name of ["kproducer", "kconsumer"]) {
      assert.equal(service(resources, name).env["KCHAT_TOKEN_FILE"], "/etc/kchat/token");
    }
  });

  it("marks a plain token as secret", async () => {
    const resources = await chat({ token: "let-me-in" });
    assert.ok(!resources.some(({ marked }) => JSON.stringify(redact(marked)).includes("let-me-in")));
  });

  it("restarts both services only for another token", async () => {
    const volumes = async (token: string) => {
      const resources = await chat({ token });
      return ["kproducer", "kconsumer"].map((name) => JSON.stringify(service(resources, name).pod.volumes));
    };
    const [first, same, other] = [await volumes("one"), await volumes("one"), await volumes("other")];
    assert.deepEqual(same, first);
    assert.ok(first.every((volume, index) => volume !== other[index]));
  });

  it("has an Ingress only on request", async () => {
    const kinds = async (changed: Partial<ChatArgs>) =>
      (await chat(changed)).filter(({ type }) => type.endsWith(":Ingress")).length;
    assert.deepEqual([await kinds({}), await kinds({ ingress: { host: "chat.example.com" } })], [0, 1]);
  });
});
