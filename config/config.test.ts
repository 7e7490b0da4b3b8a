import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { loadConfig } from "../program/load-config";
import type { StackConfig } from "./stack-config";
import { providersOf } from "../program/cluster-access";

/** Loads config as the engine passes it: text by full key. */
function load(config: Record<string, string>): StackConfig {
  pulumi.runtime.setAllConfig(config);
  return loadConfig(new pulumi.Config("kafka-stack"));
}

const message = (config: Record<string, string>): string => {
  try {
    load(config);
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) return error.message;
    throw error;
  }
  return "";
};

/** Resolves an output, with what the engine would know of it. */
async function resolved(output: pulumi.Output<string> | undefined): Promise<{ value: string; secret: boolean }> {
  assert.ok(output, "there is no such secret");
  const value = await new Promise<string>((resolve) => output.apply(resolve));
  return { value, secret: await pulumi.isSecret(output) };
}

describe("loading the config", () => {
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });

  it("reads text, numbers and objects of the project's own keys, and no others", () => {
    const config = load({
      "kafka-stack:mode": "zookeeper",
      "kafka-stack:replicas": "4",
      "kafka-stack:storage": '{"type":"storageClass","size":"3Gi"}',
      "another:mood": "kraft",
    });
    assert.equal(config.mode, "zookeeper");
    assert.equal(config.replicas, 4);
    assert.equal(config.storage.type, "storageClass");
  });

  it("uses Pulumi's own keys of the cluster where the stack's are not set", () => {
    const own = {
      "kubernetes:context": "pulumi's",
      "kubernetes:kubeconfig": "/pulumi's",
      "kubernetes:deleteUnreachable": "x",
    };
    assert.deepEqual(load(own).cluster, { namespace: "kafka", context: "pulumi's", kubeconfig: "/pulumi's" });
    const { cluster } = load({ ...own, "kafka-stack:cluster": '{"context":"the stack\'s"}' });
    assert.deepEqual([cluster.context, cluster.kubeconfig], ["the stack's", "/pulumi's"]);
    assert.match(message({ ...own, "kafka-stack:cluster": "sandbox" }), /kafka-stack:cluster: sandbox is refused/);
  });

  it("passes a kubeconfig on as written: a path in plain text, a content as a secret, and none as none", async () => {
    const handed = async (values: Record<string, string>) => {
      const made: Record<string, unknown>[] = [];
      await pulumi.runtime.setMocks({
        newResource: ({ inputs }) => (made.push(inputs as Record<string, unknown>), { id: "id", state: {} }),
        call: () => ({}),
      });
      const { kubernetes } = providersOf(load(values));
      await new Promise((resolve) => kubernetes.urn.apply(resolve));
      return made[0]?.["kubeconfig"];
    };
    const { KUBECONFIG } = process.env;
    try {
      // Pulumi's SDK would take it for a single path.
      process.env["KUBECONFIG"] = "/a:/b";
      assert.equal(await handed({}), undefined);
      assert.equal(await handed({ "kubernetes:kubeconfig": "~/.kube/config" }), "~/.kube/config");
      const content = JSON.stringify({ clusters: [] });
      const secret = (await handed({ "kubernetes:kubeconfig": content })) as { readonly value?: string };
      assert.deepEqual([typeof secret, secret.value], ["object", content]);
    } finally {
      if (KUBECONFIG === undefined) delete process.env["KUBECONFIG"];
      else process.env["KUBECONFIG"] = KUBECONFIG;
    }
  });

  it("names every problem on a line, in one error without a stack trace", () => {
    const config = { "kafka-stack:replicas": "many", "kafka-stack:storag": "{}", "kafka-stack:kafka": '{"heap":"9g"}' };
    assert.equal(
      message(config),
      [
        "The stack's config has 3 problems:",
        "  kafka-stack:replicas: many is refused; allowed is a whole number from 1 to 1000",
        "  kafka-stack:storag: is unknown; did you mean storage?",
        "  kafka-stack:kafka.heap: 9g is refused; allowed is at most 768m, 75 % of the memory limit 1Gi (kafka.resources.limits.memory)",
      ].join("\n"),
    );
    assert.match(message({ "kafka-stack:replicas": "many" }), /^The stack's config has a problem:\n/);
  });

  it("refuses keys that were meant for it, or for the place of the stack, and that nothing reads", () => {
    const keys = [
      "kafkastack:replicas",
      "Kafka-Stack:replica",
      "other:topics",
      "kubernetes:namespace",
      "kubernetes:cluster",
    ];
    const error = message(Object.fromEntries([...keys, "aws:region", "other:thing"].map((key) => [key, "5"])));
    assert.deepEqual(error.split("\n").slice(1), [
      ...keys.slice(0, 3).map((key) => `  ${key}: is not read: keys of this project begin with kafka-stack:`),
      "  kubernetes:namespace: has no effect: the namespace is cluster.namespace",
      "  kubernetes:cluster: has no effect: the cluster is that of cluster.context",
    ]);
  });

  it("refuses a stack whose name cannot be the value of a label", async () => {
    const mocks = { newResource: () => ({ id: "id", state: {} }), call: () => ({}) };
    try {
      for (const stack of ["x".repeat(64), "dev_", "-dev"]) {
        await pulumi.runtime.setMocks(mocks, "kafka-stack", stack);
        assert.match(message({}), /\n {2}the stack's name: .* is refused; allowed is at most 63/);
      }
    } finally {
      await pulumi.runtime.setMocks(mocks, "kafka-stack", "test");
    }
    assert.equal(message({}), "");
  });

  it("passes secrets only as secrets", async () => {
    const config = load({
      "kafka-stack:registry": '{"username":"push","password":"p1","haSharedSecret":"p2"}',
      "kafka-stack:kchat": '{"token":"p3"}',
    });
    const { secrets, ...plain } = config;
    assert.deepEqual(await resolved(secrets.registryPassword), { value: "p1", secret: true });
    assert.deepEqual(await resolved(secrets.registryHaSharedSecret), { value: "p2", secret: true });
    assert.deepEqual(await resolved(secrets.kchatToken), { value: "p3", secret: true });
    assert.equal(secrets.registryCa, undefined);
    assert.doesNotMatch(JSON.stringify(plain), /p[123]/);
    assert.equal(config.registry.username, "push");
  });

  it("keeps a refused secret out of the error", () => {
    const error = message({ "kafka-stack:registry": '{"external":true,"pushAddress":"r","ca":["very secret"]}' });
    assert.match(error, /registry\.ca: the secret is refused/);
    assert.doesNotMatch(error, /very secret/);
  });
});
