import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { pathsOf } from "../paths";
import { planNodes } from "../plan";
import { renderContainerdConfig } from "./containerd";
import {
  coreDns,
  etcd,
  kubeApiserver,
  kubeControllerManager,
  kubeProxy,
  kubeScheduler,
  netpol,
  provisioner,
} from "./control-plane";
import { renderKubeconfig } from "./kubeconfig";
import { baseObjects, objectPath } from "./manifests";
import { isReady, kubelet, nodeContainerd, renderCniConfig } from "./node";

const machine = { snapshotter: "overlayfs", mtu: 1400 };

describe("the configuration of the cluster", () => {
  let root = "";
  before(() => {
    root = mkdtempSync(join(tmpdir(), "config-"));
    mkdirSync(join(root, "pki"));
    const names = [
      "admin",
      "controller-manager",
      "scheduler",
      "proxy",
      "dns",
      "provisioner",
      "netpol",
      "kubelet-node-0",
      "kubelet-node-1",
    ];
    writeFileSync(join(root, "pki", "ca.crt"), "the authority");
    for (const name of names) {
      writeFileSync(join(root, "pki", `${name}.crt`), `certificate of ${name}`);
      writeFileSync(join(root, "pki", `${name}.key`), `key of ${name}`);
    }
  });
  after(() => {
    rmSync(root, { recursive: true });
  });
  const fileOf = (files: Record<string, string> | undefined, ending: string): string =>
    Object.entries(files ?? {}).find(([path]) => path.endsWith(ending))?.[1] ?? assert.fail(`no file ${ending}`);

  it("admits nobody without a certificate", () => {
    const apiServer = kubeApiserver(pathsOf(root)).args;
    assert.ok(apiServer.includes("--anonymous-auth=false") && apiServer.includes("--authorization-mode=Node,RBAC"));
    assert.ok(etcd(pathsOf(root)).args.includes("--client-cert-auth"));
    const [node] = planNodes(1, root);
    assert.ok(node);
    const config = parse(fileOf(kubelet(pathsOf(root), node).files, "kubelet-node-0.yaml")) as {
      authentication: { anonymous: { enabled: boolean } };
      authorization: { mode: string };
    };
    assert.equal(config.authentication.anonymous.enabled, false);
    assert.equal(config.authorization.mode, "Webhook");
  });

  it("listens on the sandbox's own addresses only", () => {
    const paths = pathsOf(root);
    const nodes = planNodes(2, root);
    const daemons = [
      ...[etcd, kubeApiserver, kubeControllerManager, kubeScheduler, coreDns, provisioner, netpol].map((make) =>
        make(paths),
      ),
      kubeProxy(paths, nodes),
      ...nodes.flatMap((node) => [kubelet(paths, node), nodeContainerd(paths, node, machine)]),
    ];
    const text = daemons.flatMap(({ args, files }) => [...args, ...Object.values(files ?? {})]).join("\n");
    assert.doesNotMatch(text, /0\.0\.0\.0(?!\/0)/);
    assert.match(text, /--bind-address=198\.18\.255\.1\n/);
  });

  it("shares nothing between two nodes that must be separate", () => {
    const [one, two] = planNodes(2, root).map((node) => {
      const config = fileOf(kubelet(pathsOf(root), node).files, `${node.name}.yaml`);
      return parse(config) as Record<string, string>;
    });
    for (const field of [
      "address",
      "healthzBindAddress",
      "cgroupRoot",
      "containerRuntimeEndpoint",
      "podLogsDir",
      "tlsCertFile",
    ]) {
      assert.notEqual(one?.[field], two?.[field], field);
    }
  });

  it("embeds certificates into a kubeconfig, which works anywhere on the machine", () => {
    const { users, contexts } = parse(renderKubeconfig(pathsOf(root), "admin")) as {
      users: { user: Record<string, string> }[];
      contexts: { name: string }[];
    };
    assert.equal(Buffer.from(users[0]?.user["client-key-data"] ?? "", "base64").toString(), "key of admin");
    assert.deepEqual(
      contexts.map(({ name }) => name),
      ["sandbox"],
    );
  });

  it("sets the MTU of pods", () => {
    const [node] = planNodes(1, root);
    assert.ok(node);
    const { plugins } = JSON.parse(renderCniConfig(node, "/leases", 1400)) as { plugins: { mtu: number }[] };
    assert.equal(plugins[0]?.mtu, 1400);
  });

  it("turns Kubernetes' interface of containerd off where no kubelet uses it", () => {
    const base = { name: "x", root: "/r", state: "/s", socket: "/c", config: "/f", snapshotter: "native" };
    assert.match(renderContainerdConfig(base), /disabled_plugins = \[.*"io\.containerd\.grpc\.v1\.cri"\]/);
    const forNode = renderContainerdConfig({ ...base, cri: { cniConfig: "/cni", pauseImage: "pause:1" } });
    assert.doesNotMatch(forNode, /disabled_plugins = \[.*"io\.containerd\.grpc\.v1\.cri"\]/);
    assert.match(forNode, /restrict_oom_score_adj = true/);
    assert.match(forNode, /snapshotter = "native"/);
  });

  it("knows the API's path of each base object", () => {
    const paths = baseObjects().map(objectPath);
    assert.ok(paths.includes("/api/v1/namespaces/kube-system/services/kube-dns"), paths.join());
    assert.ok(paths.includes("/apis/storage.k8s.io/v1/storageclasses/standard"));
    assert.ok(paths.every((path) => !path.includes("undefined") && path.split("/").length >= 5));
  });
});

describe("a node's readiness", () => {
  const node = (status: string, lastHeartbeatTime: string) =>
    JSON.stringify({ status: { conditions: [{ type: "Ready", status, lastHeartbeatTime }] } });
  const start = new Date("2026-01-01T10:00:00.700Z");

  it("is what the node reports since the kubelet started", () => {
    assert.equal(isReady(node("True", "2026-01-01T10:00:05Z"), start), true);
    assert.equal(isReady(node("True", "2026-01-01T10:00:00Z"), start), true, "in the same second");
    assert.equal(isReady(node("False", "2026-01-01T10:00:05Z"), start), false);
  });

  it("is not what an earlier kubelet reported", () => {
    assert.equal(isReady(node("True", "2026-01-01T09:59:59Z"), start), false);
  });

  it("is false before the node exists", () => {
    assert.equal(isReady(undefined, start), false);
    assert.equal(isReady("{}", start), false);
  });
});
