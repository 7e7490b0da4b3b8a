import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { temporaryFolder } from "../../test/support/temporary";
import { mergeStackFile } from "./stack-file";

function projectWith(stackFile: string): string {
  const root = temporaryFolder();
  fs.writeFileSync(path.join(root, "Pulumi.yaml"), "name: demo\nruntime: nodejs\n");
  fs.writeFileSync(path.join(root, "Pulumi.dev.yaml"), stackFile);
  return root;
}

describe("merging the stack file", () => {
  const stackFile = "config:\n  demo:cluster: { namespace: kafka }\n  replicas: 3\n";

  it("merges objects, sets paths, keeps the committed file and the CLI's salt", async () => {
    const root = projectWith(stackFile);
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
    const root = projectWith(stackFile);
    const sandbox = await mergeStackFile({ root, stack: "dev" });
    assert.match(sandbox.env["KUBECONFIG"] ?? "", /\.sandbox/);
    const other = await mergeStackFile({ root, stack: "dev", context: "mine" });
    assert.equal(other.env["KUBECONFIG"], process.env["KUBECONFIG"]);
  });

  it("names the existing stacks, and a malformed assignment", () => {
    const root = projectWith(stackFile);
    assert.throws(() => mergeStackFile({ root, stack: "nope" }), /no stack file .*\(stacks here: dev\)/);
    assert.throws(() => mergeStackFile({ root, stack: "dev", set: ["x"] }), /"x" is not of the form key=value/);
  });
});
