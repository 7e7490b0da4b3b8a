import { strict as assert } from "node:assert";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { outcome } from "kafka-stack-processes";
import { ROOT } from "../test/support/stacks";
import { temporaryFolder } from "../test/support/temporary";
import { namespaceOf } from "./stack-options";

/** Short names of the verbs: npm allows them, and they are what the documents use. */
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };

/** Runs it where no cluster can be found. */
const kafkaStack = (...words: readonly string[]) => kafkaStackIn({}, ...words);

/** The same, with more variables in its environment. */
function kafkaStackIn(more: Readonly<Record<string, string>>, ...words: readonly string[]) {
  const env = { ...process.env, KUBECONFIG: "/nowhere", HOME: "/nowhere", ...more };
  return outcome(process.execPath, ["--import", "tsx", "cli/index.ts", ...words], { cwd: ROOT, env });
}

describe("the command line", function () {
  // Each is a Node of its own.
  this.timeout(120_000);

  it("has one page of help, with every verb that has an npm script", async () => {
    const { output, code } = await kafkaStack("--help");
    const shown = [...output.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map(([, verb]) => verb ?? "");
    const named = Object.values(scripts).flatMap((script) => /cli\/index\.ts (\S+)$/.exec(script)?.[1] ?? []);
    assert.equal(code, 0);
    assert.ok(named.length > 10, named.join(" "));
    assert.deepEqual(shown.sort(), named.sort());
  });

  it("shows the options of a verb, and the commands of ops, without a cluster", async () => {
    assert.match((await kafkaStack("help", "up")).output, /--stack <name>[^]*--context <name>/);
    const { output, errors, code } = await kafkaStack("ops", "--help");
    assert.match(
      output,
      /--stack <name>[^]*--context <name>[^]*--namespace <name>[^]*rebalance[^]*elect-leaders/,
      errors,
    );
    assert.equal(code, 0);
    assert.match((await kafkaStack("ops", "drain", "--help")).output, /--throttle <bytes>/);
  });

  it("shows help and does nothing else, wherever the word stands", async () => {
    const sandbox = temporaryFolder();
    const kept = join(sandbox, "kept");
    writeFileSync(kept, "");
    const { output } = await kafkaStack("--help");
    const verbs = [...output.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map(([, verb]) => verb ?? "");
    for (const verb of verbs) {
      const asked = [
        ["help", verb],
        [verb, "help"],
        [verb, "--help"],
      ];
      const answers = await Promise.all(asked.map((words) => kafkaStackIn({ SANDBOX_ROOT: sandbox }, ...words)));
      for (const [index, { output: said, errors, code }] of answers.entries()) {
        assert.match(said, /^Usage: /, `${asked[index]?.join(" ") ?? ""}: ${said}${errors}`);
        assert.equal(code, 0, errors);
      }
      assert.ok(existsSync(kept), `${verb} has deleted the sandbox`);
    }
  }).timeout(300_000);

  it("shows the help of a command of a verb", async () => {
    assert.match((await kafkaStack("help", "ops", "rebalance")).output, /^Usage: ops rebalance/);
    assert.match((await kafkaStack("sandbox", "help", "up")).output, /^Usage: sandbox up/);
    // A tool's own help would need a pod.
    assert.match((await kafkaStack("help", "client", "kafka-topics")).output, /^Usage: npm run client/);
  });

  it("tells every failure in one way", async () => {
    const verbs = [
      ["start"],
      ["stop"],
      ["up"],
      ["down"],
      ["preview"],
      ["preflight"],
      ["ops"],
      ["client", "kafka-topics"],
    ];
    for (const [verb = "", ...words] of verbs) {
      const { errors, code } = await kafkaStack(verb, "--context", "nowhere", "--stack", "nope", ...words);
      assert.match(errors, /^error: There is no stack file .*Pulumi\.nope\.yaml/, verb);
      assert.equal(code, 1, verb);
    }
    const { errors, code } = await kafkaStack("preview-pr", "--base", "nope");
    assert.match(errors, /^error: There is no commit nope/);
    assert.equal(code, 2);
  }).timeout(300_000);

  it("tells wrong usage from a failure, and from a violated policy", async () => {
    for (const [words, message, expected] of [
      [["preview-pr"], /^error: required option '--base <commit>' not specified/, 2],
      [["preview-pr", "--base", "main", "--no-such"], /^error: unknown option '--no-such'/, 2],
      [["preview-pr", "--base", "HEAD", "--stack", "nope"], /^error: There is no stack nope; there are cndjp3, /m, 2],
      [["up", "--no-such"], /^error: unknown option '--no-such'/, 2],
      [["sandbox", "up", "--nodes", "0"], /^error: option '--nodes <count>' argument '0' is invalid/, 2],
      // 2 says that it has only looked.
      [["ops", "recover-quorum", "--no-such"], /^error: unknown option '--no-such'/, 1],
    ] as const) {
      const { errors, code } = await kafkaStack(...words);
      assert.match(errors, message);
      assert.equal(code, expected, words.join(" "));
    }
  }).timeout(300_000);

  it("refuses an unknown verb", async () => {
    const { errors, code } = await kafkaStack("toString");
    assert.match(errors, /^There is no verb toString\.$/m);
    assert.equal(code, 2);
  });
});

describe("the namespace of a stack", () => {
  const root = temporaryFolder();
  const write = (stack: string, config: string) => {
    writeFileSync(join(root, `Pulumi.${stack}.yaml`), config);
  };
  before(() => {
    writeFileSync(join(root, "Pulumi.yaml"), "name: demo\nruntime: nodejs\n");
    write("plain", "config:\n  demo:replicas: 3\n");
    write("named", "config:\n  demo:cluster: { namespace: events }\n");
    write("short", "config:\n  cluster: { namespace: events }\n");
    write("json", `config:\n  demo:cluster: '{"namespace":"events"}'\n`);
    write("empty", "");
    write("null", "config:\n  demo:cluster: { namespace: }\n");
    write("elsewhere", "environment: [prod]\nconfig:\n  demo:replicas: 3\n");
  });

  it("is the given one, else its file's, else kafka", () => {
    assert.equal(namespaceOf(root, { stack: "named", namespace: "mine" }), "mine");
    for (const stack of ["named", "acme/demo/named", "short", "json"])
      assert.equal(namespaceOf(root, { stack }), "events", stack);
    assert.equal(namespaceOf(root, { stack: "plain" }), "kafka");
  });

  it("is not guessed where the file does not say it", () => {
    assert.throws(() => namespaceOf(root, { stack: "empty" }), /is empty/);
    for (const stack of ["null", "elsewhere"])
      assert.throws(() => namespaceOf(root, { stack }), /namespace of the stack .* name it with -n/, stack);
    assert.equal(namespaceOf(root, { stack: "elsewhere", namespace: "mine" }), "mine");
  });

  it("is not guessed for a stack that does not exist", () => {
    assert.throws(() => namespaceOf(root, { stack: "nope" }), /There is no stack file .*Pulumi\.nope\.yaml/);
  });
});
