import assert from "node:assert/strict";
import * as path from "node:path";
import { run, type Command, type RunOptions } from "./index";
import { FakeCluster } from "../test/support/fake-cluster";
import { temporaryFolder } from "../test/support/temporary";
import { redact } from "./values";

const FIXTURES = path.join(__dirname, "test-support", "programs");

describe("engine: a whole program", function () {
  // A Node process loads the program and its SDK, which takes seconds on a busy machine.
  this.timeout(300_000);
  const cluster = new FakeCluster();
  const stateDirectory = temporaryFolder();
  let kubeconfig = "";
  let lines: string[] = [];

  before(async () => {
    kubeconfig = await cluster.start(temporaryFolder());
  });
  after(() => cluster.stop());
  beforeEach(() => {
    lines = [];
  });

  function engine(command: Command, more: Partial<RunOptions> & { MODE?: string } = {}) {
    const { MODE = "", ...options } = more;
    const env = { ...process.env, KUBECONFIG: kubeconfig, ENGINE: "stand-in", MODE };
    const root = path.join(FIXTURES, "configmaps");
    return run({ command, stack: "dev", root, env, stateDirectory, write: (line) => lines.push(line), ...options });
  }

  it("previews without outputs, and reports each violation of a policy pack on a line", async () => {
    const directory = path.join(FIXTURES, "pack");
    const policyPacks = [{ directory, configFile: path.join(directory, "strict.json") }];
    const preview = engine("preview", { hideOutputs: true, policyPacks });
    await assert.rejects(preview, /^Error: The stack violates mandatory policies 2 times$/);
    assert.equal(lines.filter((line) => line.startsWith("  + ")).length, 4, lines.join("\n"));
    assert.deepEqual(lines.filter((line) => line.startsWith("  [")).sort(), [
      "  [advisory] demo/few-config-maps: 2 ConfigMaps are more than 1",
      "  [mandatory] demo/no-short-names: ConfigMap one: the name one has fewer than 5 letters",
      "  [mandatory] demo/no-short-names: ConfigMap two: the name two has fewer than 5 letters",
    ]);
    assert.deepEqual(cluster.names("ConfigMap"), []);
  });

  it("brings the program up, with its outputs; a second run changes nothing", async () => {
    const first = await engine("up");
    assert.equal(first.changes.create, 4, lines.join("\n"));
    assert.deepEqual(cluster.names("ConfigMap").sort(), ["one", "two"]);
    assert.deepEqual(redact(first.outputs), { names: ["one", "two"], password: "[secret]", size: "3" });
    assert.ok(lines.includes("  | the program says hello"));
    const second = await engine("up");
    assert.deepEqual([second.changes.same, second.changes.create], [4, 0]);
  });

  it("stops with the resource's name, and keeps what it created", async () => {
    const at = "PATCH /api/v1/namespaces/default/configmaps/two";
    cluster.refusals.set(at, { code: 422, message: "data: Invalid value" });
    await assert.rejects(engine("up", { MODE: "other" }), /^Error: ConfigMap two failed: data: Invalid value$/);
    cluster.refusals.delete(at);
  });

  it("lets a hook of the program refuse an update, in a preview too", async () => {
    const refused = /^Error: ConfigMap two failed: refused after the mode ""$/;
    await assert.rejects(engine("preview", { MODE: "refused" }), refused);
    await assert.rejects(engine("up", { MODE: "refused" }), refused);
    assert.equal((await engine("up")).changes.same, 4, lines.join("\n"));
  });

  it("fails when the program fails, and then deletes nothing", async () => {
    await assert.rejects(engine("up", { MODE: "throw" }), /the program is broken/);
    assert.deepEqual(cluster.names("ConfigMap").sort(), ["one", "two"]);
  });

  it("ends a program that goes on after a failure", async () => {
    const at = "PATCH /api/v1/namespaces/default/configmaps/two";
    cluster.refusals.set(at, { code: 422, message: "data: Invalid value" });
    await assert.rejects(engine("up", { MODE: "lingers" }), /^Error: ConfigMap two failed: data: Invalid value$/);
    assert.ok(lines.includes("The program goes on after the failure, so it is ended."), lines.join("\n"));
    cluster.refusals.delete(at);
  });

  it("says why a policy pack does not start", async () => {
    const directory = temporaryFolder();
    await assert.rejects(
      engine("preview", { policyPacks: [{ directory }] }),
      /no policy pack in .* \(no PulumiPolicy\.yaml\)/,
    );
  });

  it("takes the stack down, dependents first", async () => {
    const { changes, steps } = await engine("down");
    assert.equal(changes.delete, 4);
    assert.deepEqual(cluster.names("ConfigMap"), []);
    const order = steps.map((step) => step.name);
    assert.ok(order.indexOf("two") < order.indexOf("one"), order.join(", "));
  });

  it("lets a hook refuse a creation, and calls hooks in previews only when they ask for it", async () => {
    assert.equal((await engine("preview", { MODE: "unmade" })).changes.create, 4);
    const refused = /^Error: ConfigMap two failed: refused for the first time$/;
    await assert.rejects(engine("up", { MODE: "unmade" }), refused);
    assert.deepEqual(cluster.names("ConfigMap"), ["one"]);
    assert.equal((await engine("down")).changes.delete, 3);
  });
});
