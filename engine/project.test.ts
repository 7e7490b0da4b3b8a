import assert from "node:assert/strict";
import { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import * as fs from "node:fs";
import * as path from "node:path";
import { readProject, stackName } from "./project";
import { aliasUrns, readRegistration, seconds } from "./registration";
import { thing } from "./test-support/fake-provider";
import { readConfig } from "./stack-config";
import { temporaryFolder } from "../test/support/temporary";

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

  it("refreshes before it compares when the project says so, as this one does", () => {
    assert.ok(
      readProject(projectWith({ "Pulumi.yaml": "name: demo\nruntime: nodejs\noptions: { refresh: always }\n" }))
        .refresh,
    );
    assert.ok(readProject(path.join(__dirname, "..")).refresh);
  });

  it("refuses a folder without Pulumi.yaml and another runtime", () => {
    assert.throws(() => readProject(temporaryFolder()), /no Pulumi\.yaml in/);
    assert.throws(() => readProject(projectWith({ "Pulumi.yaml": "name: demo\nruntime: go\n" })), /it has go/);
  });

  it("returns values as programs get them: strings, everything else as JSON", () => {
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

  it("accepts Pulumi's own forms of a stack's name", () => {
    const root = projectWith({});
    assert.deepEqual(
      ["dev", "acme/dev", "acme/demo/dev"].map((given) => stackName(root, given)),
      ["dev", "dev", "dev"],
    );
    assert.throws(() => stackName(root, "acme/other/dev"), /is one of project other; this is project demo/);
    for (const given of ["", "a/", "../dev", "a/b/c/d", "a b", "x".repeat(101)]) {
      assert.throws(() => stackName(root, given), /is not the name of a stack/, given);
    }
  });

  it("says that it cannot read encrypted values", () => {
    const root = projectWith({ "Pulumi.dev.yaml": "config:\n  demo:a: { b: { secure: xyz } }\n" });
    assert.throws(() => readConfig(readProject(root), path.join(root, "Pulumi.dev.yaml")), /demo:a .* is encrypted/);
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

  it("refuses hooks that it would not call", () => {
    const request = new RegisterResourceRequest();
    const hooks = new RegisterResourceRequest.ResourceHooksBinding();
    request.setHooks(hooks);
    hooks.setBeforeCreateList(["asks"]);
    hooks.setBeforeUpdateList(["asks"]);
    assert.deepEqual(readRegistration(request).beforeUpdate, ["asks"]);
    hooks.setBeforeDeleteList(["keeps"]);
    assert.throws(() => readRegistration(request), /does not call hooks of the kind beforeDelete \(keeps\)/);
  });

  it("derives URNs from aliases", () => {
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
