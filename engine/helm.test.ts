import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Stopped } from "./deployment";
import { CHART, constructChart } from "./helm";
import { Providers } from "./providers";
import { bench, component, FakeProvider, type Bench } from "./test-support/fake-provider";
import { fakeTool, temporaryFolder } from "../test/support/temporary";
import { isSecret, secret, UNKNOWN, type PropertyMap } from "./values";

const MANIFEST = `
apiVersion: v1
kind: ConfigMap
metadata: { name: cm }
---
# nothing
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Secret, metadata: { name: s, namespace: own }, stringData: { p: x } }
  - { apiVersion: v1, kind: Namespace, metadata: { name: made, annotations: { helm.sh/resource-policy: keep } } }
`;

describe("engine: Helm charts", () => {
  let tools = "";

  /** A deployment in which helm prints the manifest and a fake provider takes every Kubernetes object. */
  async function benchWithHelm(script: string): Promise<Bench & { kubernetes: FakeProvider }> {
    tools = temporaryFolder();
    const env = fakeTool(tools, "helm", `echo "$@" > ${tools}/args; cat > ${tools}/values; ${script}`);
    const run = await bench();
    const kubernetes = new FakeProvider();
    const context = { env, config: {}, root: tools, preview: false };
    const providers = new Providers(
      { kubernetes: { make: () => kubernetes, replacedKeys: () => [] } },
      run.state,
      context,
    );
    const again = await run.next({ providers, constructs: { [CHART]: constructChart } });
    return { ...again, kubernetes };
  }

  const chart = (inputs: PropertyMap) => component("registry", { type: CHART, remote: true, inputs });

  it("registers each object as a child, namespaces first, and returns references to them", async () => {
    const run = await benchWithHelm(`cat <<'END'\n${MANIFEST}\nEND`);
    const inputs = {
      chart: "docker-registry",
      namespace: "ns",
      name: "reg",
      version: "3.0.0",
      values: { a: secret(1) },
    };
    const { outputs } = await run.deployment.register(chart({ ...inputs, repositoryOpts: { repo: "https://charts" } }));
    assert.equal(
      fs.readFileSync(path.join(tools, "args"), "utf8").trim(),
      "template reg docker-registry --no-hooks --values - --include-crds --namespace ns --version 3.0.0 --repo https://charts",
    );
    assert.equal(fs.readFileSync(path.join(tools, "values"), "utf8"), '{"a":1}');
    assert.deepEqual(run.kubernetes.log[0], "create registry:made");
    assert.deepEqual(run.kubernetes.log.slice(1).sort(), ["create registry:ns/cm", "create registry:own/s"]);
    assert.equal((outputs["resources"] as unknown[]).length, 3);
    const find = (name: string) => run.state.state.resources.find((one) => one.urn.endsWith(`::${name}`));
    assert.equal(find("registry:made")?.retainOnDelete, true);
    assert.ok(isSecret(find("registry:own/s")?.inputs["stringData"] ?? null));
    assert.match(find("registry:ns/cm")?.urn ?? "", /kubernetes:helm\.sh\/v4:Chart\$kubernetes:core\/v1:ConfigMap/);
  });

  it("fails with helm's message", async () => {
    const run = await benchWithHelm('echo "Error: no such chart" >&2; exit 1');
    await assert.rejects(run.deployment.register(chart({ chart: "nope" })), Stopped);
    assert.match(run.deployment.failure?.message ?? "", /^Chart registry failed: `helm template [^]*no such chart/);
  });

  it("registers no object while inputs are unknown", async () => {
    const run = await benchWithHelm("exit 1");
    const { outputs } = await run.deployment.register(chart({ chart: "c", values: { a: UNKNOWN } }));
    assert.deepEqual(outputs, { resources: UNKNOWN });
  });
});
