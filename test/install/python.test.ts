import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { outcome, run } from "kafka-stack-processes";
import { parse } from "yaml";
import { temporaryFolder } from "../support/temporary";
import { installed, packed } from "../support/package";
import { Plugin, PROJECT, RecordingEngine, STACK } from "../support/plugin";

const EXAMPLE = resolve(__dirname, "../../examples/python");
const SUPPORT = join(__dirname, "python");

/** A Python with the example's requirements. @returns its path, or why there is none */
async function python(): Promise<{ path: string } | { missing: string }> {
  const folder = temporaryFolder();
  const path = join(folder, "bin", "python");
  for (const [command = "", ...args] of [
    ["python3", "-m", "venv", folder],
    [path, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", join(EXAMPLE, "requirements.txt")],
  ]) {
    const missing = await run(command, args).then(
      () => undefined,
      (error: unknown) => (error as Error).message.split("\n").at(-1) ?? command,
    );
    if (missing !== undefined) return { missing };
  }
  return { path };
}

describe("a program in Python", function () {
  // Installs Pulumi's SDK for Python, and compiles the package.
  this.timeout(15 * 60_000);

  it("creates the cluster of examples/python by the package's plugin", async function () {
    const found = await python();
    if ("missing" in found) {
      console.log(`Skipped: Pulumi's SDK for Python cannot be had here: ${found.missing}`);
      this.skip();
    }
    const engine = new RecordingEngine();
    const address = await engine.start();
    const provider = join(await installed(await packed(), "typescript"), "node_modules", "kafka-stack", "provider");
    const plugin = await Plugin.start(provider, address);
    engine.plugin = plugin;
    try {
      const file = parse(readFileSync(join(EXAMPLE, "Pulumi.dev.yaml"), "utf8")) as { config: Record<string, string> };
      const config = Object.fromEntries(
        Object.entries(file.config).map(([key, value]) => [key.replace("kafka-in-python:", `${PROJECT}:`), value]),
      );
      const program = join(EXAMPLE, "__main__.py");
      const args = [join(SUPPORT, "run.py"), address, PROJECT, STACK, JSON.stringify(config), program];
      const env = { ...process.env, PYTHONPATH: SUPPORT, PYTHONDONTWRITEBYTECODE: "1" };
      const { code } = await outcome(found.path, args, { env, output: "terminal" });
      assert.equal(code, 0, engine.logged.join("\n"));

      const stack = engine.made.find(({ type }) => type === "pulumi:pulumi:Stack");
      assert.deepEqual(engine.outputs[stack?.urn ?? ""], { bootstrap_address: "kafka-bootstrap.events.svc:9092" });
      const cluster = engine.made.find(({ type }) => type === "kafka-stack:index:Kafka");
      assert.equal(cluster?.parent, stack?.urn);
      const servers = engine.made.find(({ type }) => type.endsWith(":StatefulSet"));
      assert.equal(servers?.name, "events-broker");
      const settings = engine.made.find(({ name }) => name === "events-broker-config")?.plain["data"];
      assert.match((settings as Record<string, string>)["server.properties"] ?? "", /^log\.retention\.hours=72$/m);
      const topics = engine.made.find(({ name }) => name === "events-desired-state")?.plain["data"];
      assert.match((topics as Record<string, string>)["cluster.json"] ?? "", /"partitions": 24/);
    } finally {
      plugin.stop();
      engine.stop();
    }
  });
});
