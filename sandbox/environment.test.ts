import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { sandboxEnvironment } from "./environment";
import { pathsOf } from "./paths";

describe("the environment of the sandbox", () => {
  it("points every program to the sandbox and nowhere else", () => {
    const { env, config } = sandboxEnvironment();
    const paths = pathsOf();
    assert.equal(env.PATH.split(delimiter)[0], paths.bin);
    assert.equal(env.DOCKER_HOST, `unix://${paths.dockerSocket}`);
    assert.equal(env.KUBECONFIG, paths.kubeconfig);
    assert.deepEqual(config.cluster, { context: "sandbox", kubeconfig: paths.kubeconfig });
  });

  it("names a chart that exists", () => {
    assert.ok(existsSync(join(sandboxEnvironment().config.registry.chart, "Chart.yaml")));
  });
});
