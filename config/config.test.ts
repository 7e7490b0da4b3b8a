import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { type StackConfig, loadConfig } from "../config";

/** Loads what the engine would hand over: text by full key. */
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

/** Resolves an output with what the engine would know of it. */
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
      "kubernetes:context": "elsewhere",
    });
    assert.equal(config.mode, "zookeeper");
    assert.equal(config.replicas, 4);
    assert.equal(config.storage.type, "storageClass");
    assert.equal(config.cluster.context, undefined);
  });

  it("names every problem, a line each, in one error without a stack trace", () => {
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

  it("hands secrets over as secrets only", async () => {
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

  it("keeps a secret that is refused out of the error", () => {
    const error = message({ "kafka-stack:registry": '{"external":true,"pushAddress":"r","ca":["very secret"]}' });
    assert.match(error, /registry\.ca: the secret is refused/);
    assert.doesNotMatch(error, /very secret/);
  });
});
