import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { notYet, until } from "kafka-stack-waiting";
import { succeeds } from "../host/command";
import { signal } from "../host/process";
import { SecondMachine } from "./second-machine";

/** A pod that needs an address, a volume and the image that every node has. */
const workload = {
  apiVersion: "v1",
  kind: "List",
  items: [
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data", namespace: "default" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "registry", namespace: "default", labels: { app: "registry" } },
      spec: {
        securityContext: { runAsUser: 1000, runAsNonRoot: true },
        containers: [
          {
            name: "registry",
            image: "registry:3.0.0",
            readinessProbe: { httpGet: { path: "/", port: 5000 }, periodSeconds: 1 },
            volumeMounts: [{ name: "data", mountPath: "/var/lib/registry" }],
          },
        ],
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "registry", namespace: "default" },
      spec: { type: "NodePort", selector: { app: "registry" }, ports: [{ port: 5000, nodePort: 31999 }] },
    },
  ],
};

const nfsWorkload = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "nfs", namespace: "default" },
  spec: {
    containers: [
      { name: "registry", image: "registry:3.0.0", volumeMounts: [{ name: "data", mountPath: "/var/lib/registry" }] },
    ],
    volumes: [{ name: "data", nfs: { server: "198.19.1.12", path: "/export" } }],
  },
};

const registryContainer = { name: "registry", image: "registry:3.0.0" };

/** A pod of another namespace. */
const stranger = {
  apiVersion: "v1",
  kind: "List",
  items: [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "elsewhere" } },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "stranger", namespace: "elsewhere" },
      spec: { automountServiceAccountToken: false, containers: [registryContainer] },
    },
  ],
};

const policy = (namespace: string, name: string, spec: object) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { namespace, name },
  spec,
});

describe("the life of a sandbox", function () {
  this.timeout(300_000);
  const machine = new SecondMachine();
  before(() => machine.start());
  after(() => machine.remove());

  const pids = async () => new Map((await machine.status()).daemons.map(({ name, pid }) => [name, pid]));

  async function untilServing(): Promise<void> {
    await until(
      async () => {
        const code = await machine.run(
          "sh",
          "-c",
          "curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:31999/v2/ || true",
        );
        return code === "200" || notYet(() => machine.kubectl("describe", "pod", "registry"));
      },
      {
        what: "the registry answers on its NodePort",
        timeout: 120_000,
      },
    );
  }

  it("begins with up", async () => {
    await machine.sandbox("up", "--no-images");
    assert.equal((await machine.status()).healthy, true);
  });

  it("is not disturbed by another up", async () => {
    const before = await pids();
    await machine.sandbox("up", "--no-images");
    assert.deepEqual(await pids(), before);
  });

  it("runs a pod with a volume and serves it on a NodePort of the loopback address", async () => {
    await machine.apply(workload);
    await untilServing();
  });

  it("expands the volume of a claim that asks for more", async () => {
    await machine.kubectl("patch", "pvc", "data", "-p", '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}');
    await machine.kubectl("wait", "pvc/data", "--for=jsonpath={.status.capacity.storage}=2Gi", "--timeout=60s");
  });

  it("lets the API server reach the containers, with certificates", async () => {
    assert.match(await machine.kubectl("logs", "registry"), /listening on/);
    await assert.rejects(machine.run("curl", "-sfk", "https://198.18.255.11:10250/pods"), /code 22/);
  });

  it("refuses other machines: to pods and to its own daemons", async () => {
    const pod = await machine.kubectl("get", "pod", "registry", "-o", "jsonpath={.status.podIP}");
    const places = [`http://${pod}:5000/`, "https://198.18.255.11:10250/healthz"];
    const reached = (place: string, seconds: number) =>
      machine.fromNeighbour("curl", "-sk", "-o", "/dev/null", "-m", String(seconds), place);
    const rule = ["PREROUTING", "-j", "KSTACK-PREROUTING"];
    await machine.addNeighbour();
    try {
      for (const place of places) await assert.rejects(reached(place, 5), /code 28/, place);
      // Without the rule both are reached, so it is the rule that keeps the neighbour out.
      await machine.run("iptables", "-w", "30", "-t", "mangle", "-D", ...rule);
      for (const place of places) await reached(place, 60);
    } finally {
      await machine.run("iptables", "-w", "30", "-t", "mangle", "-I", ...rule);
      await machine.removeNeighbour();
    }
  });

  it("enforces NetworkPolicies on new connections of pods, in and out, and never keeps a node from its pods", async () => {
    await machine.apply(stranger);
    await machine.kubectl("wait", "pod/stranger", "-n", "elsewhere", "--for=condition=Ready", "--timeout=60s");
    const pod = await machine.kubectl("get", "pod", "registry", "-o", "jsonpath={.status.podIP}");
    const registry = `http://${pod}:5000/`;
    const api = "https://198.18.255.1:6443/";
    const get = (place: string) =>
      machine.fromPod("stranger", "curl", "-sk", "-o", "/dev/null", "-m", "3", place).then(
        () => true,
        () => false,
      );
    // The program sees a policy a moment after it was made.
    const untilReached = (place: string, wanted: boolean) =>
      until(async () => (await get(place)) === wanted || undefined, {
        what: `${place} is ${wanted ? "" : "not "}reached`,
        timeout: 120_000,
      });
    for (const place of [registry, api]) await untilReached(place, true);

    await machine.apply(policy("default", "closed", { podSelector: {}, policyTypes: ["Ingress"] }));
    await untilReached(registry, false);
    await untilServing();

    const from = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "elsewhere" } } }];
    const ingress = [{ from, ports: [{ port: 5000, protocol: "TCP" }] }];
    await machine.apply(policy("default", "open", { podSelector: {}, policyTypes: ["Ingress"], ingress }));
    await untilReached(registry, true);

    const egress = [{ to: [{ ipBlock: { cidr: `${pod}/32` } }] }];
    await machine.apply(policy("elsewhere", "out", { podSelector: {}, policyTypes: ["Egress"], egress }));
    await untilReached(api, false);
    await untilReached(registry, true);

    signal((await pids()).get("netpol") ?? assert.fail("no netpol"), "SIGKILL");
    assert.equal(await get(registry), false, "while nobody can say what policies allow, nothing gets through");
    await machine.sandbox("up", "--no-images");
    await untilReached(registry, true);
    await machine.kubectl("delete", "namespace", "elsewhere");
    await machine.kubectl("delete", "networkpolicy", "--all");
  });

  for (const daemon of ["etcd", "kube-apiserver", "kubelet-node-0", "containerd-node-0", "kube-proxy", "dockerd"]) {
    it(`is repaired by up after a crash of ${daemon}, which restarts nothing else`, async () => {
      const before = await pids();
      signal(before.get(daemon) ?? assert.fail(`no ${daemon}`), "SIGKILL");
      // A killed process is gone only once the kernel has let go of its memory.
      await until(async () => !(await machine.status()).healthy || undefined, {
        what: `${daemon} has ended`,
        timeout: 60_000,
      });
      await machine.sandbox("up", "--no-images");
      const after = await pids();
      assert.equal((await machine.status()).healthy, true);
      assert.deepEqual(
        [...after].filter(([name, pid]) => before.get(name) !== pid).map(([name]) => name),
        [daemon],
      );
      await untilServing();
    });
  }

  it("refuses the sandbox of another checkout, with the reason", async () => {
    const other = mkdtempSync("/tmp/sb-");
    try {
      await assert.rejects(
        machine.run(
          "env",
          `SANDBOX_ROOT=${other}`,
          process.execPath,
          "--import",
          "tsx",
          "cli/index.ts",
          "sandbox",
          "up",
          "--no-images",
        ),
        ({ message }: Error) =>
          message.includes(`The sandbox of another checkout runs on this machine, in ${machine.root}`),
      );
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it("has the requested number of nodes, in different zones", async () => {
    await machine.sandbox("up", "--no-images", "--nodes", "2");
    const { nodes } = await machine.status();
    assert.deepEqual(
      nodes.map(({ name, zone, ready }) => [name, zone, ready]),
      [
        ["node-0", "zone-a", true],
        ["node-1", "zone-b", true],
      ],
    );
  });

  it("loses a node to a power cut, and gets it back", async () => {
    await machine.sandbox("node", "stop", "0");
    const { nodes } = await machine.status();
    assert.deepEqual(
      nodes.map(({ ready }) => ready),
      [false, true],
    );
    await assert.rejects(machine.run("curl", "-sf", "-m", "2", "http://127.0.0.1:31999/v2/"));
    await machine.sandbox("node", "start", "0");
    await untilServing();
  });

  it("has NFS servers, whose outage a writing pod survives", async function () {
    if (!(await succeeds("sh", ["-c", "command -v ganesha.nfsd && command -v rpcbind"]))) this.skip();
    const exported = (await machine.sandbox("nfs", "up", "--servers", "2")).split("\n").slice(-2);
    assert.deepEqual(exported, ["198.19.1.11:/export", "198.19.1.12:/export"]);
    await machine.apply(nfsWorkload);
    await machine.kubectl("wait", "pod/nfs", "--for=condition=Ready", "--timeout=60s");
    const [mount] = readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter((line) => line.startsWith("198.19.1.12:/export "));
    const file = join(mount?.split(" ")[1] ?? assert.fail("nothing is mounted"), "file");
    writeFileSync(file, "before");

    await machine.sandbox("nfs", "stop", "1");
    const writing = appendFile(file, " and after");
    await machine.sandbox("nfs", "start", "1");
    await writing;
    assert.equal(readFileSync(join(machine.paths.nfs, "nfs-1", "export", "file"), "utf8"), "before and after");
    await machine.kubectl("delete", "pod", "nfs");
  });

  it("shrinks to fewer nodes, and removes all of the others", async () => {
    await machine.sandbox("up", "--no-images", "--nodes", "1");
    assert.equal((await machine.kubectl("get", "nodes", "-o", "name")).trim(), "node/node-0");
    assert.ok(!(await machine.traces()).some((trace) => trace.includes("node-1")));
  });

  it("comes back after a restart of the machine, with its data", async () => {
    await machine.restart();
    await machine.sandbox("up", "--no-images");
    await untilServing();
  });

  it("leaves nothing but its directory after down", async () => {
    await machine.sandbox("down");
    assert.deepEqual(await machine.traces(), []);
  });

  it("comes back after down, with its data", async () => {
    await machine.sandbox("up", "--no-images");
    await untilServing();
  });

  it("can be brought up after its directory was deleted while it ran", async () => {
    await machine.deleteDirectory();
    await machine.sandbox("up", "--no-images");
    assert.equal((await machine.status()).healthy, true);
  });

  it("forgets everything with down --data", async () => {
    await machine.sandbox("down", "--data");
    assert.deepEqual(await machine.traces(), []);
    await machine.sandbox("up", "--no-images");
    assert.equal((await machine.kubectl("get", "pods", "-A", "-o", "name")).trim(), "");
    await machine.sandbox("down", "--data");
  });
});
