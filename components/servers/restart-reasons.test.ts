import assert from "node:assert/strict";
import { listReasons, type PodTemplate, restartReasons } from "./restart-reasons";

/** A template of a role, with changes in its container, its pod and its annotations. */
const template = (
  role: string,
  { container = {}, env = [], pod = {}, annotations = {} }: Readonly<Partial<Record<string, object>>> = {},
): PodTemplate => ({
  metadata: {
    labels: { "app.kubernetes.io/component": role },
    annotations: { "kafka-stack/restart-hash": "one", ...annotations },
  },
  spec: {
    containers: [
      {
        name: role,
        image: `registry/kafka@sha256:${"a".repeat(64)}`,
        env: [{ name: "KAFKA_HEAP_OPTS", value: "-Xms512m -Xmx512m" }, ...(env as object[])],
        resources: { limits: { memory: "1Gi" } },
        ...container,
      },
    ],
    ...pod,
  },
});
const env = (name: string, value: string) => ({ env: [{ name, value }] });
const SETTINGS: Readonly<Record<string, Record<string, string>>> = {
  one: { "log.retention.hours": "168", "node.gone": "x" },
  two: { "log.retention.hours": "99", "node.new": "y" },
};
const why = (before: PodTemplate, after: PodTemplate) => restartReasons(before, after, (hash) => SETTINGS[hash]);
const heap = (size: string) => ({
  container: { env: [{ name: "KAFKA_HEAP_OPTS", value: `-Xms${size} -Xmx${size}` }] },
});

describe("Reasons of a restart", () => {
  it("are none when nothing differs", () => {
    assert.deepEqual(why(template("broker"), template("broker")), []);
  });

  for (const [role, key] of [
    ["broker", "kafka.heap"],
    ["controller", "controllers.heap"],
    ["zookeeper", "zookeeper.heap"],
  ] as const) {
    it(`name the heap of a ${role} as the stack file does`, () => {
      assert.deepEqual(why(template(role), template(role, heap("1g"))), [`${key} changed from 512m to 1g`]);
    });
  }

  it("name settings behind the hash with both values, and say so when they are not written down", () => {
    const hash = (value: string) => template("broker", { annotations: { "kafka-stack/restart-hash": value } });
    assert.deepEqual(why(hash("one"), hash("two")), [
      "log.retention.hours changed from 168 to 99",
      "node.gone (x) removed",
      "node.new set to y",
    ]);
    assert.deepEqual(why(hash("one"), hash("three")), ["settings of its server.properties changed"]);
  });

  it("tell images of one repository apart by their digests", () => {
    const image = (digest: string, repository = "registry/kafka") =>
      template("broker", { container: { image: `${repository}@sha256:${digest.repeat(64)}` } });
    assert.deepEqual(why(image("a"), image("b")), ["image changed from sha256:aaaaaaaaaaaa to sha256:bbbbbbbbbbbb"]);
    assert.match(why(image("a"), image("a", "other/kafka"))[0] ?? "", /from registry\/kafka@.* to other\/kafka@/);
  });

  it("show values of resources and times, and of nothing that may hold a secret", () => {
    const was = template("broker", { ...env("TOKEN", "hunter1"), annotations: { "example.com/key": "hunter1" } });
    const is = template("broker", {
      ...env("TOKEN", "hunter2"),
      annotations: { "example.com/key": "hunter2" },
      container: {
        resources: { limits: { memory: "2Gi" } },
        env: [
          { name: "KAFKA_HEAP_OPTS", value: "-Xms512m -Xmx512m" },
          { name: "TOKEN", value: "hunter2" },
        ],
      },
      pod: { terminationGracePeriodSeconds: 60 },
    });
    assert.deepEqual(why(was, is), [
      'annotations["example.com/key"] changed',
      "env.TOKEN changed",
      "kafka.resources.limits.memory changed from 1Gi to 2Gi",
      "terminationGracePeriodSeconds set to 60",
    ]);
  });

  it("are one for what is added or removed whole", () => {
    const sidecar = { name: "sidecar", image: "i", env: [{ name: "A", value: "hunter" }] };
    const { spec } = template("broker") as { readonly spec: { readonly containers: readonly object[] } };
    const beside = { ...template("broker"), spec: { containers: [...spec.containers, sidecar] } };
    assert.deepEqual(why(template("broker"), beside), ["containers.sidecar added"]);
    assert.deepEqual(why(beside, template("broker")), ["containers.sidecar removed"]);
  });

  it("say that a person restarted it", () => {
    const by = template("broker", { annotations: { "kubectl.kubernetes.io/restartedAt": "now" } });
    assert.deepEqual(why(template("broker"), by), ["somebody restarted it (kubectl rollout restart)"]);
  });

  it("show no value that is not known yet", () => {
    const unknown = Object.create({ isUnknown: true }) as object;
    assert.deepEqual(why(template("broker"), template("broker", { container: { image: unknown } })), ["image changed"]);
  });

  it("are listed up to four, with the number of the others", () => {
    assert.equal(listReasons(["a", "b"]), "a, b");
    assert.equal(listReasons(["a", "b", "c", "d", "e", "f"]), "a, b, c, d and 2 more");
  });
});
