import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../program/load-config";
import { parseConfig } from "./parse";
import type { PlainConfig } from "./resolve";
import { parseExactYaml, readConfig, readProject } from "kafka-stack-engine";
import { mergeStackFile } from "../sandbox/stack/stack-file";
import { ROOT } from "../scripts/docs";
import { ACCEPTED, type Accepted } from "./accepted.cases";

const FILES = join(__dirname, "public-stacks");
const LONGEST = "9223372036854775807";

function accepted(raw: Accepted): PlainConfig {
  const result = parseConfig(raw);
  assert.ok(result.ok, JSON.stringify(result));
  return result.config;
}

const refusedAt = (raw: Accepted): string[] => {
  const result = parseConfig(raw);
  return result.ok ? [] : result.problems.map(({ path }) => path);
};

/** The config of a stack file in this folder, without the project's name. */
function stackFile(name: string): Accepted {
  const { config } = parseExactYaml(readFileSync(join(FILES, name), "utf8")) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("kafka-stack:", ""), value]));
}

describe("a good config", () => {
  for (const [what, cases] of Object.entries(ACCEPTED)) {
    describe(`with ${what}`, () => {
      for (const config of cases) {
        it(`is accepted: ${JSON.stringify(config)}`, () => {
          accepted(config);
        });
      }
    });
  }

  it("is present in large numbers", () => {
    assert.ok(Object.values(ACCEPTED).flat().length >= 200);
  });
});

describe("defaults of settings", () => {
  const settings = (config: Record<string, unknown>) => accepted({ kafka: { config } }).kafka.config;

  it("follow the declared replication factor", () => {
    assert.equal(settings({ "default.replication.factor": 2 })["min.insync.replicas"], 1);
    assert.equal(settings({ "transaction.state.log.replication.factor": 1 })["transaction.state.log.min.isr"], 1);
    assert.equal(
      accepted({ replicas: 5, kafka: { config: { "default.replication.factor": 5 } } }).kafka.config[
        "min.insync.replicas"
      ],
      2,
    );
  });

  it("leave a declared topic what its own replicas allow", () => {
    const [topic] = accepted({ kafka: { config: { "default.replication.factor": 1 } } }).topics;
    assert.deepEqual(topic?.config, { "min.insync.replicas": 2 });
  });

  it("leave room for three heartbeats in a session, and for a connection that takes long", () => {
    assert.equal(settings({ "broker.heartbeat.interval.ms": 3_000 })["broker.session.timeout.ms"], 9_000);
    assert.equal(settings({})["broker.session.timeout.ms"], 6_000);
    assert.equal(
      settings({ "socket.connection.setup.timeout.ms": 10_000 })["socket.connection.setup.timeout.max.ms"],
      10_000,
    );
  });

  it("choose minimum and maximum of pods, and requests, that fit the written ones", () => {
    const scaling = (autoscaling: object) => accepted({ kchat: { autoscaling } }).kchat.autoscaling;
    assert.deepEqual(scaling({ max: 1 }), { min: 1, max: 1, cpuPercent: 70 });
    assert.deepEqual(scaling({ min: 20 }), { min: 20, max: 20, cpuPercent: 70 });
    assert.deepEqual(scaling({}), { min: 2, max: 10, cpuPercent: 70 });
    const { requests } = accepted({ registry: { resources: { limits: { memory: "64Mi" } } } }).registry.resources;
    assert.equal(requests.memory, "64Mi");
  });
});

describe("a public stack file", () => {
  it("is accepted as it is, with Strimzi's values", () => {
    const { kafka } = accepted(stackFile("strimzi-example.yaml"));
    assert.equal(kafka.config["log.flush.interval.messages"], LONGEST);
    assert.equal(kafka.config["log.flush.interval.ms"], LONGEST);
  });

  const owned = [
    "broker.id.generation.enable",
    "controlled.shutdown.enable",
    "reserved.broker.max.id",
    "inter.broker.protocol.version",
  ];

  it("is refused only where the stack decides itself, all at once: the NFS guide's", () => {
    assert.deepEqual(
      refusedAt(stackFile("nfs-guide.yaml")),
      owned.map((name) => `kafka.config["${name}"]`),
    );
  });

  it("is refused only where the stack decides itself, all at once: the NFS guide's whole list", () => {
    const lines = readFileSync(join(FILES, "nfs-guide.properties"), "utf8").split("\n");
    const config: Record<string, string> = Object.fromEntries(
      lines.filter((line) => /^[a-z]/.test(line)).map((line) => line.split("=", 2) as [string, string]),
    );
    const others = ["broker.id", "listeners", "zookeeper.connect", "log.dir"];
    assert.ok(Object.keys(config).length > 80);
    assert.deepEqual(
      refusedAt({ mode: "zookeeper", kafka: { config } }).sort(),
      [...owned, ...others]
        .map((name) => (name.includes(".") ? `kafka.config["${name}"]` : `kafka.config.${name}`))
        .sort(),
    );
  });
});

describe("a number or a name in a stack file", () => {
  const written = `config:
  kafka-stack:replicas: 3
  kafka-stack:kafka:
    config: { log.flush.interval.messages: ${LONGEST}, log.cleaner.io.max.bytes.per.second: 1.7976931348623157E308 }
  kafka-stack:kchat: { token: 1234567890123456789 }
  kafka-stack:registry: { username: push, password: 1.50 }
`;

  it("is read as written, through the merged file and the engine's JSON", async () => {
    const root = mkdtempSync(join(tmpdir(), "config-"));
    try {
      writeFileSync(join(root, "Pulumi.yaml"), readFileSync(join(ROOT, "Pulumi.yaml")));
      writeFileSync(join(root, "Pulumi.dev.yaml"), written);
      const set = ["registry.haSharedSecret=9876543210987654321"];
      const { configFile } = await mergeStackFile({ root, stack: "dev", context: "mine", set });
      pulumi.runtime.setAllConfig(readConfig(readProject(root), configFile));
      const { kafka, secrets } = loadConfig(new pulumi.Config("kafka-stack"));
      assert.equal(kafka.config["log.flush.interval.messages"], LONGEST);
      assert.equal(kafka.config["log.cleaner.io.max.bytes.per.second"], "1.7976931348623157E308");
      const value = (output: pulumi.Output<string> | undefined) =>
        new Promise((resolve) => (output ?? assert.fail("there is no secret")).apply(resolve));
      assert.equal(await value(secrets.kchatToken), "1234567890123456789");
      assert.equal(await value(secrets.registryPassword), "1.50");
      assert.equal(await value(secrets.registryHaSharedSecret), "9876543210987654321");
    } finally {
      pulumi.runtime.setAllConfig({});
      rmSync(root, { recursive: true });
    }
  });

  it("is exact in the JSON from the Pulumi CLI", () => {
    pulumi.runtime.setAllConfig({
      "kafka-stack:kafka": `{"config":{"log.flush.interval.messages":${LONGEST},"log.retention.hours":168}}`,
    });
    const { config } = loadConfig(new pulumi.Config("kafka-stack")).kafka;
    pulumi.runtime.setAllConfig({});
    assert.equal(config["log.flush.interval.messages"], LONGEST);
    assert.equal(config["log.retention.hours"], 168);
  });
});
