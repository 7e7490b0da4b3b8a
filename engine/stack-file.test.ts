import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { temporaryFolder } from "../test/support/temporary";
import { readProject } from "./project";
import { readConfig } from "./stack-config";
import { readStackFile } from "./stack-file";

const KEY = "demo:replicas: 5\n";

/** Files that say nothing, or something that is not understood, with words of the refusal. */
const REFUSED: Readonly<Record<string, readonly [content: string | Buffer, says: RegExp]>> = {
  "an empty file": ["", /is empty: write its config, or `config: \{\}`/],
  "only comments": ["# config:\n#   demo:replicas: 5\n", /is empty/],
  "only the begin of a document": ["---\n", /is empty/],
  "a null": ["~\n", /is empty/],
  "a config without keys": ["config:\n", /has no config/],
  "only a salt": ["encryptionsalt: v1:abc\n", /has no config/],
  "a list as config": [`config:\n  - ${KEY}`, /`config` that is not a map/],
  "text as config": ["config: replicas\n", /`config` that is not a map/],
  "a set as config": ["config: !!set\n  ? demo:replicas\n", /line 2, .*tag/],
  "a list": [`- config: {${KEY.trim()}}\n`, /is not a map/],
  text: ["config\n", /is not a map/],
  "a misspelt config": [`confg:\n  ${KEY}`, /mean nothing there: "confg"\. Keys of the stack belong under `config`/],
  "a Config": [`Config:\n  ${KEY}`, /"Config"/],
  "another key beside the config": [`config:\n  demo:mode: kraft\nreplicas: 5\n`, /"replicas"/],
  "keys on top": [KEY, /"demo:replicas"/],
  "two documents": [`config:\n  ${KEY}---\nconfig: {}\n`, /line 3, column 1: a second document begins/],
  "a document after its end": [`config:\n  ${KEY}...\nconfig: {}\n`, /a second document begins/],
  "a key twice": [`config:\n  ${KEY}  ${KEY}`, /line 3, column 3: Map keys must be unique/],
  "a key with the project's name and without": [`config:\n  ${KEY}  replicas: 7\n`, /demo:replicas twice/],
  "a key without a value": ["config:\n  demo:replicas:\n", /gives demo:replicas no value/],
  "a key with a blank": ["config:\n  'demo: replicas': 5\n", /has the key "demo: replicas"/],
  "a key without a name": ["config:\n  ~: 5\n", /has the key ""/],
  "an unknown tag": ["config:\n  demo:replicas: !int 5\n", /Unresolved tag/],
  "bytes as a value": ["config:\n  demo:replicas: !!binary aGVsbG8=\n", /tag/],
  "an alias of nothing": ["config: *x\n", /Unresolved alias/],
  tabs: ["config:\n\tdemo:replicas: 5\n", /line 2/],
  "UTF-16": [Buffer.from(`\ufeffconfig:\n  ${KEY}`, "utf16le"), /is not text in UTF-8/],
  "Latin-1": [Buffer.from("config:\n  demo:name: caf\u00e9\n", "latin1"), /is not text in UTF-8/],
  "zeros, as after a power cut": ["\0".repeat(64), /.+/],
};

/** Files that are understood, all with five replicas. */
const READ: Readonly<Record<string, string>> = {
  "the project's name": `config:\n  ${KEY}`,
  "no project's name": "config:\n  replicas: 5\n",
  "a byte order mark": `\ufeffconfig:\n  ${KEY}`,
  "line ends of Windows": `config:\r\n  ${KEY.trim()}\r\n`,
  JSON: '{"config": {"demo:replicas": 5}}',
  "a salt": `encryptionsalt: v1:abc\nsecretsprovider: passphrase\nconfig:\n  ${KEY}`,
  "a merge key": "config:\n  demo:a: &a { b: 1 }\n  demo:c: { <<: *a }\n  demo:replicas: !!int 5\n",
};

describe("engine: stack files", () => {
  const root = temporaryFolder();
  fs.writeFileSync(path.join(root, "Pulumi.yaml"), "name: demo\nruntime: nodejs\n");
  const file = path.join(root, "Pulumi.dev.yaml");
  const written = (content: string | Buffer): string => {
    fs.writeFileSync(file, content);
    return file;
  };
  const project = () => readProject(root);

  for (const [what, [content, says]] of Object.entries(REFUSED)) {
    it(`refuse ${what}, which would be a stack of defaults`, () => {
      assert.throws(
        () => readConfig(project(), written(content)),
        ({ message }: Error) => message.includes(file) && says.test(message),
      );
    });
  }

  for (const [what, content] of Object.entries(READ)) {
    it(`are read with ${what}`, () => {
      assert.equal(readConfig(project(), written(content))["demo:replicas"], "5");
    });
  }

  it("are a stack of defaults when they say so", () => {
    assert.deepEqual(readConfig(project(), written("config: {}\n")), {});
  });

  it("merge what they say to merge", () => {
    assert.equal(readConfig(project(), written(READ["a merge key"] ?? ""))["demo:c"], '{"b":1}');
  });

  it("stay out of errors, because they may contain secrets", () => {
    const broken = "config:\n  demo:registry: {username: u, password: hunter2\n  demo:mode: kraft\n";
    assert.throws(
      () => readStackFile(project(), written(broken)),
      ({ message }: Error) => /line 3/.test(message) && !message.includes("hunter2"),
    );
  });

  it("are looked for by their right name, and a near one is named", () => {
    fs.writeFileSync(path.join(root, "Pulumi.prod.yml"), "config: {}\n");
    assert.throws(
      () => readStackFile(project(), path.join(root, "Pulumi.prod.yaml")),
      /no stack file .*Pulumi\.prod\.yaml; rename Pulumi\.prod\.yml, which nothing reads/,
    );
  });

  it("with an environment are left to the Pulumi CLI", () => {
    const content = `environment: [prod]\nconfig:\n  ${KEY}`;
    assert.equal(readStackFile(project(), written(content)).config["demo:replicas"], 5);
    assert.throws(() => readConfig(project(), file), /environment of Pulumi ESC, which only the Pulumi CLI can read/);
  });

  it("have something else in place of what is encrypted where that is asked for", () => {
    written("config:\n  demo:registry: { password: { secure: abc }, list: [{ secure: d }] }\n");
    assert.equal(
      readConfig(project(), file, { encrypted: (key) => `<${key}>` })["demo:registry"],
      '{"password":"<password>","list":["<list>"]}',
    );
    assert.throws(() => readConfig(project(), file), /demo:registry .* is encrypted/);
  });
});
