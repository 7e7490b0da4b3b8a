import { strict as assert } from "node:assert";
import type { PolicyPackConfig } from "@pulumi/policy";

import { secret } from "kafka-stack-engine";
import { renderReport } from "./report";
import { diffLines } from "./text-diff";
import type { RecordedResource } from "../recorder";
import { previewStack } from "../stack-preview";
import { brokers, configMap, deployment, job, object, volume } from "../recorded";

/** One policy of the pack, so that a report is short. */
const config: PolicyPackConfig = {
  all: "disabled",
  "kafka-brokers-minimum": "mandatory",
  "quorum-size-odd": "advisory",
};

const labelled = (resource: RecordedResource, component: string): RecordedResource => ({
  ...resource,
  inputs: {
    ...resource.inputs,
    metadata: { name: "broker", namespace: "kafka", labels: { "app.kubernetes.io/component": component } },
  },
});

async function report(
  before: readonly RecordedResource[] | undefined,
  after: readonly RecordedResource[] | undefined,
): Promise<string> {
  return renderReport({ base: "aaaa", head: "bbbb", stacks: [await previewStack("dev", before, after, config)] });
}

describe("a report", () => {
  it("says when no stack changes", async () => {
    assert.match(await report([brokers()], [brokers()]), /^# What this changes: `aaaa` → `bbbb`\n\nNo stack changes\./);
  });

  it("shows data before restarts before policies before resources", async () => {
    const text = await report([brokers(), volume("a"), job("a")], [brokers({ replicas: 2 }), volume("b"), job("b")]);
    const places = [
      "| `dev` | **2** | 2 |  | 2 | 1 |  | kept |",
      "## Stack `dev`",
      "### Data touched",
      "- **PersistentVolume data-broker-0** moves from",
      "### What starts, stops and restarts",
      "- **Job kafka/topics** runs again: before, prepare",
      "### Policies",
      "<details><summary>3 resources</summary>",
      "#### Replaced",
      "#### Changed",
      "  + spec.replicas: 2",
    ].map((part) => [part, text.indexOf(part)] as const);
    assert.deepEqual(
      places.filter(([, place]) => place < 0).map(([part]) => part),
      [],
      text,
    );
    assert.deepEqual(
      places.map(([part]) => part),
      [...places].sort((one, other) => one[1] - other[1]).map(([part]) => part),
    );
  });

  it("tells new violations from old ones, and mandatory ones from advice", async () => {
    const few = (replicas: number) => labelled(brokers({ replicas }), "broker");
    const even = (replicas: number) => labelled(brokers({ replicas }), "controller");
    assert.match(
      await report([few(3)], [few(2)]),
      /- \*\*mandatory\*\*, new: `kafka-brokers-minimum`: StatefulSet kafka\/broker: 2 brokers, fewer than 3/,
    );
    assert.match(
      await report([few(2), job("a")], [few(2), job("b")]),
      /\*\*1 violated\*\*.*\*\*mandatory\*\*, as before/s,
    );
    assert.match(await report([even(3)], [even(4)]), /\| advice \|.*- advice, new: `quorum-size-odd`/s);
  });

  it("compares volumes with the stack before the change", async () => {
    const policies: PolicyPackConfig = { all: "disabled", "data-volume-not-replaced": "mandatory" };
    const { violations } = await previewStack("dev", [volume("a")], [volume("b")], policies);
    assert.deepEqual(
      violations.map(({ message }) => message),
      ["PersistentVolume data-broker-0: spec.nfs changes, which replaces it"],
    );
  });

  it("shows only the differing lines of a text", async () => {
    const text = await report([configMap("a", "k", "one\ntwo\nthree\n")], [configMap("a", "k", "one\n2\nthree\n")]);
    assert.match(text, /! data\.k:\n {2}- {3}two\n {2}\+ {3}2\n {2}````/);
  });

  it("never shows a secret", async () => {
    const withSecret = (value: string) => object("core/v1:Secret", "s", { stringData: { password: secret(value) } });
    const text = await report([withSecret("hunter1")], [withSecret("hunter2")]);
    assert.match(text, /! stringData\.password: \(secret\)/);
    assert.doesNotMatch(text, /hunter/);
  });

  it("truncates long values", async () => {
    const text = await report([deployment("a")], [deployment("b".repeat(1000))]);
    assert.match(text, /"b{159}…\n/);
  });

  it("shows hostile names as text", async () => {
    const name = "<img src=x>`*_|";
    const text = await report([], [object("core/v1:Service", name, {})]);
    assert.doesNotMatch(text, /(?<!\\)<img/);
  });

  it("marks stacks that are added and removed", async () => {
    assert.match(await report(undefined, [brokers()]), /## Stack `dev` \(new\)/);
    assert.match(await report([brokers()], undefined), /## Stack `dev` \(removed\)/);
  });
});

describe("diffLines", () => {
  for (const [before, after, lines] of [
    ["", "", []],
    ["a\nb\nc", "a\nc", ["- b"]],
    ["a\nc", "a\nb\nc", ["+ b"]],
    ["a\nb", "a\nB", ["- b", "+ B"]],
    ["a\nb\nc\nd", "b\nc\nd\na", ["- a", "+ a"]],
  ] as const) {
    it(`compares ${JSON.stringify(before)} with ${JSON.stringify(after)}`, () => {
      assert.deepEqual(diffLines(before, after), lines);
    });
  }
});
