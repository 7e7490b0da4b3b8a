import assert from "node:assert/strict";
import type { Operation } from "./provider";
import { StashProvider } from "./stash";

const subject = { urn: "urn:pulumi:dev::test::pulumi:index:Stash::held", type: "pulumi:index:Stash", name: "held" };
const operation = (input: string, preview = false): Operation => ({
  ...subject,
  inputs: { input },
  preview,
  adopt: false,
  ignoreChanges: [],
  begin: () => undefined,
  note: () => undefined,
});
const stateOf = (input: string, output: string) => ({
  ...subject,
  custom: true,
  inputs: { input },
  outputs: { input, output },
  dependencies: [],
});

describe("engine: a stash", () => {
  const provider = new StashProvider();

  it("keeps its first value in its output, and the latest in its input", async () => {
    const { id, outputs } = await provider.create(operation("first"));
    assert.notEqual(id, "");
    assert.deepEqual(outputs, { input: "first", output: "first" });
    const old = stateOf("first", "first");
    assert.deepEqual(await provider.update({ ...operation("second"), old }), { input: "second", output: "first" });
  });

  it("is known in a preview, and changes in place", async () => {
    assert.deepEqual((await provider.create(operation("first", true))).outputs, { input: "first", output: "first" });
    const { changes, replace } = await provider.diff(subject, stateOf("first", "first"), { input: "second" });
    assert.deepEqual([changes.length, replace], [1, []]);
    assert.deepEqual((await provider.diff(subject, stateOf("first", "first"), { input: "first" })).changes, []);
  });

  it("is the only builtin resource of Pulumi that is supported", async () => {
    const other = { ...subject, type: "pulumi:pulumi:StackReference" };
    await assert.rejects(provider.check(other, { name: "x" }), /has no resource pulumi:pulumi:StackReference/);
    await assert.rejects(provider.check(subject, {}), /no other \(it has none\)/);
    await assert.rejects(provider.check(subject, { input: 1, more: 2 }), /no other \(it has input, more\)/);
  });
});
