import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../config/parse";
import { builderOf, checkRegistry, type Docker } from "./registry";

const config = (registry: Record<string, unknown>) => {
  const result = parseConfig({ registry });
  assert.ok(result.ok, JSON.stringify(result));
  return result.config;
};
const EXTERNAL = { external: true, pushAddress: "registry.example.com/team" };

/** A docker that answers a pull with this output. */
const answering =
  (words: string, calls: string[] = [], files: string[] = []): Docker =>
  (args, env) => {
    calls.push(args.join(" "));
    files.push(readFileSync(join(env["DOCKER_CONFIG"] ?? "", "config.json"), "utf8"));
    return Promise.reject(
      new Error(`\`docker pull\` failed with code 1: Using default tag\nError response from daemon: ${words}`),
    );
  };
const check = async (registry: Record<string, unknown>, docker: Docker, running = false) =>
  (await checkRegistry(config(registry), running, docker)).map(({ path, message }) => `${path}: ${message}`);

describe("the preflight of the registry", () => {
  it("lets docker ask for an image that does not exist, and accepts that answer", async () => {
    const calls: string[] = [];
    const docker = answering("manifest for registry.example.com/team/kafka-stack-preflight:none not found", calls);
    assert.deepEqual(await check(EXTERNAL, docker), []);
    assert.deepEqual(calls, ["pull registry.example.com/team/kafka-stack-preflight:none"]);
  });

  it("reports that docker cannot reach it, with docker's message", async () => {
    const refused = 'Get "https://registry.example.com/v2/": dial tcp: lookup registry.example.com: no such host';
    assert.deepEqual(await check(EXTERNAL, answering(refused)), [
      `registry.pushAddress: docker does not reach the registry registry.example.com/team: ${refused}`,
    ]);
  });

  it("counts the answer of a host that is no registry as no answer", async () => {
    for (const words of [
      "received unexpected HTTP status: 404 Not Found",
      'error getting credentials - err: exec: "docker-credential-x": executable file not found in $PATH',
    ]) {
      assert.match((await check(EXTERNAL, answering(words))).join(), /^registry\.pushAddress: docker does not reach/);
    }
    const containerd =
      'failed to resolve reference "registry.example.com/team/kafka-stack-preflight:none": registry.example.com/team/kafka-stack-preflight:none: not found';
    assert.deepEqual(await check(EXTERNAL, answering(containerd)), []);
  });

  it("reports that it asks for a password, or refuses the configured one", async () => {
    const docker = answering("unauthorized: authentication required");
    assert.match(
      (await check(EXTERNAL, docker)).join(),
      /^registry\.username: .* asks for a user name and a password: /,
    );
    const named = { ...EXTERNAL, username: "push", password: "hunter2" };
    assert.match((await check(named, docker)).join(), /^registry\.username: .* does not let push in: /);
  });

  it("gives docker the stack's credentials, in a temporary config", async () => {
    const files: string[] = [];
    await check({ ...EXTERNAL, username: "push", password: "hunter2" }, answering("manifest unknown", [], files));
    const auth = Buffer.from("push:hunter2").toString("base64");
    assert.deepEqual(
      files.map((file) => JSON.parse(file) as unknown),
      [{ auths: { "registry.example.com": { auth } } }],
    );
  });

  it("asks the stack's own registry only when it runs", async () => {
    const docker = answering("connect: connection refused");
    assert.deepEqual(await check({}, docker, false), []);
    assert.match((await check({}, docker, true)).join(), /docker does not reach the registry localhost:31500/);
  });

  it("reports that docker is not running", async () => {
    const gone = await builderOf(() => Promise.reject(new Error("Cannot connect to the Docker daemon")));
    assert.deepEqual(gone, {
      path: "images",
      message: "cannot be built, because docker does not answer: Cannot connect to the Docker daemon",
    });
    assert.deepEqual(await builderOf(() => Promise.resolve("arm64")), { builds: "arm64" });
  });
});
