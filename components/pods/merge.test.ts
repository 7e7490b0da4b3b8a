import * as pulumi from "@pulumi/pulumi";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { mergeKey, strategicMerge } from "./merge";

const word = fc.constantFrom("a", "b", "c");
const entries = (list: string, arbitrary: fc.Arbitrary<object>) =>
  fc.uniqueArray(arbitrary, { maxLength: 3, selector: (entry) => mergeKey(list, entry) });
const variable = fc.oneof(
  fc.record({ name: word, value: word }),
  fc.record({ name: word, valueFrom: fc.record({ secretKeyRef: fc.record({ name: word, key: word }) }) }),
);
const volume = fc.oneof(
  fc.record({
    name: word,
    configMap: fc.record({ name: word, optional: fc.boolean() }, { requiredKeys: ["name"] }),
  }),
  fc.record({ name: word, secret: fc.record({ secretName: word }) }),
);
const container = fc.record(
  {
    name: word,
    image: word,
    command: fc.array(word),
    env: entries("env", variable),
    ports: entries("ports", fc.record({ containerPort: fc.integer({ min: 1, max: 3 }) })),
    volumeMounts: entries("volumeMounts", fc.record({ name: word, mountPath: word })),
  },
  { requiredKeys: ["name"] },
);
const term = fc.record({ topologyKey: word });

/** Pods and overlays. */
const written = fc.record(
  {
    containers: entries("containers", container),
    volumes: entries("volumes", volume),
    tolerations: entries("tolerations", fc.record({ key: word, operator: word, tolerationSeconds: fc.nat(3) })),
    nodeSelector: fc.dictionary(word, word),
    hostAliases: entries("hostAliases", fc.record({ ip: word, hostnames: fc.array(word) })),
    topologySpreadConstraints: entries(
      "topologySpreadConstraints",
      fc.record({ topologyKey: word, whenUnsatisfiable: word, maxSkew: fc.nat(3) }),
    ),
    affinity: fc.record({
      podAntiAffinity: fc.record({
        requiredDuringSchedulingIgnoredDuringExecution: fc.uniqueArray(term, { selector: (one) => one.topologyKey }),
      }),
    }),
    priorityClassName: word,
  },
  { requiredKeys: [] },
);
const pod = written.map((value) => JSON.parse(JSON.stringify(value)) as typeof value);

/** What one value says and another does not, by path; merge keys identify entries of lists. */
function lost(before: unknown, after: unknown, field = "", place = ""): string[] {
  if (Array.isArray(before)) {
    const list = Array.isArray(after) ? after : [];
    return before.flatMap((entry: unknown) => {
      const key = mergeKey(field, entry);
      const found = list.some((one) => (key === undefined ? true : mergeKey(field, one) === key));
      return found ? [] : [`${place}[${key ?? ""}]`];
    });
  }
  if (typeof before !== "object" || before === null) return after === undefined ? [place] : [];
  return Object.entries(before).flatMap(([key, value]) =>
    lost(value, (after as Record<string, unknown> | undefined)?.[key], key, `${place}.${key}`),
  );
}

describe("strategic merge", () => {
  it("leaves a pod unchanged when the overlay is empty", () => {
    fc.assert(
      fc.property(pod, (base) => {
        assert.deepEqual(strategicMerge(base, {}), base);
        assert.equal(strategicMerge(base, undefined), base);
      }),
    );
  });

  it("gives the same when it is done twice, and leaves its arguments unchanged", () => {
    fc.assert(
      fc.property(pod, pod, (base, patch) => {
        const [first, second] = [structuredClone(base), structuredClone(patch)];
        const once = strategicMerge(base, patch);
        assert.deepEqual(strategicMerge(once, patch), once);
        assert.deepEqual([base, patch], [first, second]);
      }),
    );
  });

  it("drops no entry and no field of either", () => {
    fc.assert(
      fc.property(pod, pod, (base, patch) => {
        const merged = strategicMerge(base, patch);
        assert.deepEqual([...lost(base, merged), ...lost(patch, merged)], []);
      }),
    );
  });

  it("lets the later value win", () => {
    fc.assert(
      fc.property(pod, pod, pod, (base, all, kind) => {
        const merged = strategicMerge(strategicMerge(base, all), kind);
        if (kind.priorityClassName !== undefined) assert.equal(merged.priorityClassName, kind.priorityClassName);
        for (const [key, value] of Object.entries(kind.nodeSelector ?? {}))
          assert.equal(merged.nodeSelector?.[key], value);
      }),
    );
  });

  it("replaces a variable and a volume of another type, and lists without a merge key", () => {
    const env = [{ name: "A", value: "1" }];
    const valueFrom = { secretKeyRef: { name: "s", key: "k" } };
    assert.deepEqual(strategicMerge({ env }, { env: [{ name: "A", valueFrom }] }), { env: [{ name: "A", valueFrom }] });
    const volumes = [{ name: "v", emptyDir: {} }];
    const secret = { secretName: "s" };
    assert.deepEqual(strategicMerge({ volumes }, { volumes: [{ name: "v", secret }] }), {
      volumes: [{ name: "v", secret }],
    });
    assert.deepEqual(strategicMerge({ args: ["a", "b"] }, { args: ["c"] }), { args: ["c"] });
  });

  it("distinguishes ports of two protocols", () => {
    const ports = strategicMerge(
      { ports: [{ containerPort: 53, name: "a" }] },
      {
        ports: [
          { containerPort: 53, protocol: "UDP" },
          { containerPort: 53, protocol: "TCP", name: "b" },
        ],
      },
    );
    assert.deepEqual(ports, {
      ports: [
        { containerPort: 53, protocol: "TCP", name: "b" },
        { containerPort: 53, protocol: "UDP" },
      ],
    });
  });

  it("keeps outputs unchanged", () => {
    const image = pulumi.output("image");
    const merged = strategicMerge({ containers: [{ name: "a", image }] }, { containers: [{ name: "a", env: [] }] });
    assert.equal(merged.containers[0]?.image, image);
  });
});
