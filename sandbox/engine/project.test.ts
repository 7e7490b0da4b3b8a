import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { readConfig, readProject } from "./project";
import { aliasUrns, seconds } from "./registration";
import { mergeStackFile } from "./stack-file";
import { thing } from "./test-support/fake-provider";
import { temporaryFolder } from "./test-support/temporary";

function projectWith(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder();
  const all = { "Pulumi.yaml": "name: demo\nruntime: nodejs\n", ...files };
  for (const [name, text] of Object.entries(all)) {
    fs.writeFileSync(path.join(root, name), text);
  }
  return root;
}

describe("engine: Pulumi.yaml and the stack file", () => {
  it("reads the runtime's options and the project's own values", () => {
    const text = `
name: demo
main: src/index.ts
runtime: { name: nodejs, options: { typescript: false, nodeargs: "--import tsx" } }
config:
  replicas: { type: integer, default: 3 }
  demo:name: { description: only a declaration }
  aws:region: { value: eu }
`;
    const project = readProject(projectWith({ "Pulumi.yaml": text }));
    assert.deepEqual(project.nodeArgs, ["--import", "tsx"]);
    assert.equal(project.typescript, false);
    assert.equal(project.main, "src/index.ts");
    assert.equal(project.refresh, false);
    assert.deepEqual(project.defaults, { "demo:replicas": 3, "aws:region": "eu" });
  });

  it("looks at what there is before it compares, when the project says so, as this one does", () => {
    assert.ok(
      readProject(projectWith({ "Pulumi.yaml": "name: demo\nruntime: nodejs\noptions: { refresh: always }\n" }))
        .refresh,
    );
    assert.ok(readProject(path.join(__dirname, "..", "..")).refresh);
  });

  it("refuses a folder without Pulumi.yaml and another runtime", () => {
    assert.throws(() => readProject(temporaryFolder()), /no Pulumi\.yaml in/);
    assert.throws(() => readProject(projectWith({ "Pulumi.yaml": "name: demo\nruntime: go\n" })), /it has go/);
  });

  it("gives values as programs get them: strings, everything else as JSON", () => {
    const text = "config:\n  demo:a: text\n  demo:b: 3\n  demo:c: true\n  demo:d: { e: [1, x] }\n  f: plain\n";
    const root = projectWith({ "Pulumi.dev.yaml": text });
    assert.deepEqual(readConfig(readProject(root), path.join(root, "Pulumi.dev.yaml")), {
      "demo:a": "text",
      "demo:b": "3",
      "demo:c": "true",
      "demo:d": '{"e":[1,"x"]}',
      "demo:f": "plain",
    });
  });

  it("says that it cannot read encrypted values", () => {
    const root = projectWith({ "Pulumi.dev.yaml": "config:\n  demo:a: { b: { secure: xyz } }\n" });
    assert.throws(() => readConfig(readProject(root), path.join(root, "Pulumi.dev.yaml")), /demo:a .* is encrypted/);
  });
});

describe("engine: merging the stack file", () => {
  const stackFile = "config:\n  demo:cluster: { namespace: kafka }\n  replicas: 3\n";

  it("merges objects, sets paths, keeps the committed file and the CLI's salt", async () => {
    const root = projectWith({ "Pulumi.dev.yaml": stackFile });
    const options = { root, stack: "dev", context: "mine", set: ["replicas=5", "list[1].on=true", "name=a=b"] };
    const { configFile } = await mergeStackFile(options);
    assert.deepEqual((parse(fs.readFileSync(configFile, "utf8")) as { config: object }).config, {
      "demo:cluster": { namespace: "kafka", context: "mine" },
      "demo:replicas": 5,
      "demo:list": [null, { on: true }],
      "demo:name": "a=b",
    });
    assert.equal(fs.readFileSync(path.join(root, "Pulumi.dev.yaml"), "utf8"), stackFile);
    fs.appendFileSync(configFile, "encryptionsalt: v1:abc\n");
    await mergeStackFile({ root, stack: "dev", context: "mine" });
    assert.match(fs.readFileSync(configFile, "utf8"), /encryptionsalt: v1:abc/);
  });

  it("uses the sandbox without a context, and the caller's kubeconfig only with one", async () => {
    const root = projectWith({ "Pulumi.dev.yaml": stackFile });
    const sandbox = await mergeStackFile({ root, stack: "dev" });
    assert.match(sandbox.env["KUBECONFIG"] ?? "", /\.sandbox/);
    const other = await mergeStackFile({ root, stack: "dev", context: "mine" });
    assert.equal(other.env["KUBECONFIG"], process.env["KUBECONFIG"]);
  });

  it("names the stacks that there are, and a malformed assignment", () => {
    const root = projectWith({ "Pulumi.dev.yaml": stackFile });
    assert.throws(() => mergeStackFile({ root, stack: "nope" }), /no stack file .*\(stacks here: dev\)/);
    assert.throws(() => mergeStackFile({ root, stack: "dev", set: ["x"] }), /"x" is not of the form key=value/);
  });
});

describe("engine: registrations", () => {
  it("reads Go durations", () => {
    assert.equal(seconds("1h30m"), 5400);
    assert.equal(seconds("90s"), 90);
    assert.equal(seconds("500ms"), 0.5);
    assert.equal(seconds(""), undefined);
    assert.throws(() => seconds("10 minutes"), /"10 minutes" is not a duration/);
  });

  it("works out the URNs that aliases mean", () => {
    const urn = (type: string, name: string) => `urn:pulumi:dev::demo::${type}::${name}`;
    const parent = urn("my:C", "new");
    const aliases = [{ name: "before" }, { urn: "urn:whole" }, { parent: null }, { type: "other:T" }];
    const registration = thing("new-child", {}, { type: "k:T", parent, aliases });
    const found = aliasUrns(registration, urn("my:C$k:T", "new-child"), [urn("my:C", "old")]);
    const expected = [
      urn("my:C$k:T", "before"),
      "urn:whole",
      urn("k:T", "new-child"),
      urn("my:C$other:T", "new-child"),
      urn("my:C$other:T", "old-child"),
      urn("my:C$k:T", "old-child"),
    ];
    assert.deepEqual(new Set(found), new Set(expected));
  });
});
