import assert from "node:assert/strict";
import { down as sandboxDown } from "../../sandbox/down";
import { status } from "../../sandbox/status";
import { startNode, stopNode } from "../../sandbox/node-power";
import { up as sandboxUp } from "../../sandbox/up";
import { kubectl } from "../support/kubectl";
import { until } from "../support/until";
import { drainNode, servers } from "./drained";
import { fault } from "./fault";

const nodeReady = (node: string, ready: boolean) =>
  kubectl("wait", "node", node, `--for=condition=Ready=${ready ? "True" : "Unknown"}`, "--timeout=120s");

describe("when nodes fail", () => {
  fault("a node is lost and comes back", async (load) => {
    await stopNode(1);
    await nodeReady("node-1", false);
    await load.acknowledges(10);
    await startNode(1);
    await nodeReady("node-1", true);
    await kubectl("wait", "pod", ...servers, "--for=condition=Ready", "--timeout=300s");
  });

  fault("a node is drained", drainNode);

  fault("kubelet and containerd of every node are killed and started again", async () => {
    const { daemons } = await status();
    const killed = daemons.filter(({ name }) => /^(kubelet|containerd)-node-/.test(name));
    assert.equal(killed.length, 6);
    for (const { pid } of killed) process.kill(pid, "SIGKILL");
    await sandboxUp();
    for (const node of ["node-0", "node-1", "node-2"]) await nodeReady(node, true);
    await kubectl("wait", "pod", ...servers, "--for=condition=Ready", "--timeout=300s");
  });

  fault("the registry's pod is lost, and has the images afterwards", async () => {
    await kubectl("delete", "pod", "--all", "-n", "kafka-registry", "--grace-period=0", "--force");
    await until("the registry lists its images", 120, async () => {
      const response = await fetch("http://localhost:31500/v2/_catalog");
      const { repositories } = (await response.json()) as { repositories: string[] };
      return repositories.sort().join() === "kafka,services" ? null : `it lists ${repositories.join(", ")}`;
    });
  });

  fault("the whole sandbox is stopped and started", async () => {
    await sandboxDown();
    await sandboxUp();
    await kubectl("wait", "pod", ...servers, "--for=condition=Ready", "--timeout=300s");
  });
});
