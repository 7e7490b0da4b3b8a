import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { start, type Running } from "kafka-stack-processes";
import { lockStack } from "../lock";
import { readProject } from "../project";
import { fakeTool, temporaryFolder } from "../../test/support/temporary";
import { until } from "../../test/support/until";
import { isSecret } from "../values";
import { chooseEngine } from "./choose";
import { countSteps, readEvents } from "./events";
import { missingPlugins } from "./find";
import { checkpointOf, runPulumi } from "./run";

/** A Pulumi CLI that records its calls, creates stacks, writes an event log and prints outputs. */
const CLI = `
echo "$(pwd) $*" >> "$CALLS"
case "$1 $2" in
  "stack init") mkdir -p "\${PULUMI_BACKEND_URL#file://}/.pulumi/stacks/demo"; echo '{"checkpoint":{"latest":{"resources":[1]}}}' > "\${PULUMI_BACKEND_URL#file://}/.pulumi/stacks/demo/$3.json" ;;
  "stack import") cat > "$IMPORTED" ;;
  "stack output") case "$*" in *--show-secrets*) echo '{"a":"1","b":"hidden"}' ;; *) echo '{"a":"1","b":"[secret]"}' ;; esac ;;
  *) while [ $# -gt 0 ]; do [ "$1" = --event-log ] && echo "$EVENTS" > "$2"; shift; done; echo "doing it"; [ -z "$FAIL" ] || { echo "error: $FAIL"; exit 255; } ;;
esac`;

describe("engine: the Pulumi CLI", () => {
  let root = "";
  let env: NodeJS.ProcessEnv = {};
  const lines: string[] = [];

  beforeEach(() => {
    root = temporaryFolder();
    lines.length = 0;
    fs.writeFileSync(path.join(root, "Pulumi.yaml"), "name: demo\nruntime: nodejs\n");
    fs.writeFileSync(path.join(root, "package.json"), '{"dependencies":{"@pulumi/kubernetes":"1.0.0"}}');
    const modules = path.join(root, "node_modules", "@pulumi", "kubernetes");
    fs.mkdirSync(modules, { recursive: true });
    const plugin = { version: "1.0.0", pulumi: { resource: true, name: "kubernetes" } };
    fs.writeFileSync(path.join(modules, "package.json"), JSON.stringify(plugin));
    const tools = temporaryFolder();
    fakeTool(tools, "pulumi-language-nodejs", "");
    env = { ...fakeTool(tools, "pulumi", CLI), PULUMI_HOME: path.join(root, "home"), CALLS: path.join(root, "calls") };
  });

  const plugin = () => path.join(root, "home", "plugins", "resource-kubernetes-v1.0.0");

  function withPlugins(): void {
    fs.mkdirSync(plugin(), { recursive: true });
    fakeTool(plugin(), "pulumi-resource-kubernetes", "");
  }

  const choose = (engine: string | undefined, stateFile = "/nonexistent") =>
    chooseEngine({
      env: { ...env, ...(engine !== undefined && { ENGINE: engine }) },
      project: readProject(root),
      stack: "dev",
      stateFile,
    });

  const cli = () => path.join((env["PATH"] ?? "").split(path.delimiter)[0] ?? "", "pulumi");

  function run(command: "up" | "preview" | "down", more: NodeJS.ProcessEnv = {}) {
    const write = (line: string) => lines.push(line);
    const policyPacks = [{ directory: "/pack" }];
    return runPulumi(cli(), { command, stack: "dev", env: { ...env, ...more }, write, policyPacks }, readProject(root));
  }

  it("is preferred when it has its plugins", async () => {
    withPlugins();
    assert.equal((await choose(undefined)).cli, cli());
    assert.equal((await choose("pulumi")).cli, cli());
    assert.equal((await choose("stand-in")).cli, undefined);
    await assert.rejects(choose("other"), /ENGINE is "other"; it must be stand-in or pulumi/);
  });

  it("has its plugins when their programs are complete", () => {
    const missing = () => missingPlugins(root, env, cli());
    fs.mkdirSync(plugin(), { recursive: true });
    assert.deepEqual(missing(), ["kubernetes 1.0.0"]);
    withPlugins();
    assert.deepEqual(missing(), []);
    fs.writeFileSync(`${plugin()}.partial`, "");
    assert.deepEqual(missing(), ["kubernetes 1.0.0"]);
  });

  it("does not touch a stack that the stand-in made, and vice versa", async () => {
    withPlugins();
    const state = path.join(root, "state.json");
    fs.writeFileSync(state, '{"version":1,"resources":[{}]}');
    assert.equal((await choose(undefined, state)).cli, undefined);
    await assert.rejects(choose("pulumi", state), /was made with ENGINE=stand-in/);
    const checkpoint = checkpointOf(readProject(root), "dev");
    fs.mkdirSync(path.dirname(checkpoint), { recursive: true });
    fs.writeFileSync(checkpoint, '{"checkpoint":{"latest":{"resources":[{}]}}}');
    assert.equal((await choose(undefined)).cli, cli());
    await assert.rejects(choose("stand-in"), /was made with ENGINE=pulumi/);
  });

  it("creates the stack away from the committed files, runs, and reads outputs and steps", async () => {
    withPlugins();
    const event = (op: string, name: string, more: object = {}) =>
      JSON.stringify({
        resOutputsEvent: {
          metadata: { op, urn: `urn:pulumi:dev::demo::k:T::${name}`, new: { custom: true }, ...more },
        },
      });
    const detailedDiff = { "spec.x": { diffKind: "update" }, "spec.y": { diffKind: "update-replace" } };
    const EVENTS = [event("create", "a"), event("same", "b"), event("replace", "c", { detailedDiff })].join("\n");
    const result = await run("up", { EVENTS });
    const calls = fs.readFileSync(path.join(root, "calls"), "utf8").trim().split("\n");
    assert.match(
      calls[0] ?? "",
      /\.sandbox\/pulumi\/new-stack stack init dev --no-select --secrets-provider passphrase/,
    );
    assert.match(
      calls[1] ?? "",
      /up --stack dev --config-file .*Pulumi\.dev\.yaml --non-interactive .*--yes --skip-preview --policy-pack \/pack --policy-pack-config /,
    );
    assert.deepEqual(
      fs.readdirSync(root).filter((name) => name.startsWith("Pulumi.")),
      ["Pulumi.yaml"],
    );
    assert.equal(result.outputs["a"], "1");
    assert.ok(isSecret(result.outputs["b"] ?? null));
    assert.deepEqual(result.changes, { create: 1, update: 0, replace: 1, delete: 0, same: 1, read: 0 });
    assert.deepEqual(result.steps[2]?.replacePaths, ["spec.y"]);
    assert.deepEqual(lines, ["doing it"]);
  });

  describe("when there is a lock of its own on the stack", () => {
    const locks = () => path.join(root, ".sandbox", "pulumi", ".pulumi", "locks", "organization", "demo", "dev");
    const calls = () => fs.readFileSync(path.join(root, "calls"), "utf8");
    const cancelled = / cancel --yes --stack dev/;

    beforeEach(async () => {
      withPlugins();
      await run("up");
      fs.mkdirSync(locks(), { recursive: true });
    });

    function lockedBy(pid: number, hostname = os.hostname()): void {
      fs.writeFileSync(path.join(locks(), "x.json"), JSON.stringify({ pid, hostname, username: "root" }));
    }

    /** A process that has ended, or one that is called so and runs until it is killed. */
    async function started(name?: string): Promise<Running> {
      const tools = temporaryFolder();
      const { PATH } = fakeTool(tools, name ?? "ends", name === undefined ? "" : "echo runs; read forever");
      const running = start(name ?? "ends", [], { env: { PATH }, input: { open: true } });
      await (name === undefined ? running.ended : running.says(/runs/));
      return running;
    }

    it("takes it away when its process has ended, or is another program by now", async () => {
      for (const one of [await started(), await started("other")]) {
        lockedBy(one.pid ?? 0);
        fs.rmSync(path.join(root, "calls"), { force: true });
        await run("up");
        assert.match(calls(), cancelled);
        one.kill();
      }
    });

    it("waits for the end of a CLI that works, as one does whose run was killed", async () => {
      const working = await started("pulumi");
      lockedBy(working.pid ?? 0);
      const up = run("up");
      await until("the wait is told", 30, () =>
        Promise.resolve(lines.some((line) => line.startsWith("Waiting: the Pulumi CLI")) ? null : lines.join("\n")),
      );
      assert.match(lines.join("\n"), new RegExp(`process ${working.pid ?? 0} .* kill -INT ${working.pid ?? 0}`));
      assert.doesNotMatch(calls(), cancelled);
      working.kill();
      await up;
      assert.match(calls(), cancelled);
    });

    it("touches nothing when it cannot know whether the process has ended", async () => {
      lockedBy(1, "elsewhere");
      await assert.rejects(run("up"), /process 1 on elsewhere\) is working on this stack.* run pulumi cancel$/);
      fs.writeFileSync(path.join(locks(), "x.json"), "{}");
      await assert.rejects(run("up"), /x\.json does not say which process holds it.* run pulumi cancel$/);
      assert.doesNotMatch(calls(), cancelled);
    });
  });

  it("forgets what a killed run had begun and not made, before it runs", async () => {
    withPlugins();
    await run("up");
    const resource = { urn: "urn:pulumi:dev::demo::docker:index/image:Image::a", type: "docker:index/image:Image" };
    const latest = { manifest: {}, resources: [], pending_operations: [{ type: "creating", resource }] };
    fs.writeFileSync(checkpointOf(readProject(root), "dev"), JSON.stringify({ checkpoint: { latest } }));
    const imported = path.join(root, "imported");
    await run("preview", { IMPORTED: imported });
    assert.ok(!fs.existsSync(imported));
    fs.rmSync(path.join(root, "calls"));
    await run("up", { IMPORTED: imported });
    const calls = fs.readFileSync(path.join(root, "calls"), "utf8");
    assert.match(calls, /^\S+ stack import --stack dev --non-interactive\n\S+ up --stack dev /);
    const deployment = { manifest: {}, resources: [], pending_operations: [] };
    assert.deepEqual(JSON.parse(fs.readFileSync(imported, "utf8")), { version: 3, deployment });
  });

  it("does not run beside another run", async () => {
    withPlugins();
    await run("up");
    const holder = lockStack(path.join(root, ".sandbox", "pulumi", "dev.lock"));
    await assert.rejects(run("up"), /is working on this stack/);
    holder.release();
  });

  it("fails with the CLI's first error", async () => {
    withPlugins();
    await assert.rejects(run("preview", { FAIL: "no plugin" }), /^Error: pulumi preview failed: no plugin$/);
  });

  it("fails with all lines of the first error", async () => {
    withPlugins();
    await run("up");
    const said = [
      "  pulumi:pulumi:Stack (dev):",
      "    error: The config has a problem:",
      "      replicas: three is refused",
      "",
    ];
    const other = [
      "  docker:index:Image (a):",
      "    Building your image",
      "    error: another",
      "Resources:",
      "    1 errored",
    ];
    fakeTool(path.dirname(cli()), "pulumi", `cat <<'END'\n${[...said, ...other].join("\n")}\nEND\nexit 255`);
    await assert.rejects(run("up"), {
      message: "pulumi up failed: The config has a problem:\nreplicas: three is refused",
    });
  });

  it("runs programs on the Node.js that it is given", async () => {
    withPlugins();
    const nodes = temporaryFolder();
    const PATH = env["PATH"] ?? "";
    fakeTool(nodes, "node", "");
    fakeTool(path.dirname(cli()), "pulumi", `${CLI}\ncommand -v node >> "$CALLS"`);
    const options = { command: "up" as const, stack: "dev", env: { ...env, PATH }, write: () => undefined };
    await runPulumi(cli(), { ...options, node: path.join(nodes, "node") }, readProject(root));
    assert.match(fs.readFileSync(path.join(root, "calls"), "utf8"), new RegExp(`^${path.join(nodes, "node")}$`, "m"));
  });

  it("says what to do when it was interrupted", async () => {
    withPlugins();
    await run("up");
    const person = new AbortController();
    const write = () => {
      person.abort();
    };
    const options = { command: "up" as const, stack: "dev", env: { ...env, FAIL: "update canceled" }, write };
    const interrupted = runPulumi(cli(), { ...options, signal: person.signal }, readProject(root));
    await assert.rejects(interrupted, /^Error: interrupted; finished steps are kept.* run the same command again/);
  });

  it("refreshes as Pulumi.yaml says, or as its options say", async () => {
    withPlugins();
    await run("up");
    const options = { command: "preview" as const, stack: "dev", env, write: () => undefined };
    const calls = () => fs.readFileSync(path.join(root, "calls"), "utf8");
    assert.doesNotMatch(calls(), /--refresh/);
    await runPulumi(cli(), { ...options, refresh: false }, readProject(root)).catch(() => undefined);
    assert.match(calls(), / preview --stack dev .* --refresh=false$/m);
  });

  it("does not pass for having done nothing when it wrote no events", () => {
    assert.throws(() => readEvents(path.join(root, "no-events")), /wrote no event log/);
  });

  it("takes nothing down where there is no stack", async () => {
    assert.deepEqual((await run("down")).steps, []);
    assert.ok(!fs.existsSync(path.join(root, "calls")));
  });

  it("counts what the stand-in counts: no components, no default providers", () => {
    const events = [
      { op: "create", urn: "urn:pulumi:dev::demo::pulumi:providers:docker::default_5_2_0", new: { custom: true } },
      { op: "create", urn: "urn:pulumi:dev::demo::my:C::c", new: { custom: false } },
      { op: "delete-replaced", urn: "urn:pulumi:dev::demo::k:T::a", old: { custom: true } },
      { op: "delete", urn: "urn:pulumi:dev::demo::k:T::b", old: { custom: true }, new: null },
    ];
    assert.deepEqual(countSteps(events).changes, { create: 0, update: 0, replace: 0, delete: 1, same: 0, read: 0 });
  });
});
