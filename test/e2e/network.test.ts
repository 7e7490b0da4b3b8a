import assert from "node:assert/strict";
import { run } from "../../sandbox/host/command";
import { sandboxEnvironment } from "../../sandbox/environment";
import { status } from "../../sandbox/status";
import { get, kubectl } from "../support/kubectl";
import { up } from "../support/stack";
import { until } from "../support/until";

/** Pods that try to connect. All but the broker are created for this. */
const SOURCES = ["stranger", "api", "batch", "own", "job", "broker"] as const;
type Source = (typeof SOURCES)[number];

/** An unknown namespace, and one of an application that may be let in. */
const [ELSEWHERE, ORDERS] = ["network-elsewhere", "network-orders"];

/** Namespace and labels of each. */
const PODS: Readonly<Record<Source, { readonly namespace: string; readonly pod: string }>> = {
  stranger: { namespace: ELSEWHERE, pod: "stranger" },
  api: { namespace: ORDERS, pod: "api" },
  batch: { namespace: ORDERS, pod: "batch" },
  own: { namespace: "kafka", pod: "network-own" },
  job: { namespace: "kafka", pod: "network-job" },
  broker: { namespace: "kafka", pod: "broker-1" },
};

const EVERYBODY = SOURCES;
const OWN_NAMESPACE: readonly Source[] = ["own", "job", "broker"];

const BROKER = "broker-0.broker.kafka.svc";
const CLIENTS_PORT = `${BROKER}:9092`;
const INTERNAL_PORT = `${BROKER}:9095`;

/** A destination, its address, and who may connect. */
type Way = readonly [what: string, address: string, allowed: readonly Source[]];

interface Pods {
  readonly items: readonly { readonly status: { readonly podIP: string } }[];
}

const addressOf = async (namespace: string, component: string): Promise<string> => {
  const { items } = await get<Pods>("pods", "-n", namespace, "-l", `app.kubernetes.io/component=${component}`);
  return items.find(({ status: { podIP } }) => podIP)?.status.podIP ?? assert.fail(`no pod of ${component} runs`);
};

/** Every destination in the stack dev. @param clients who is let in besides the stack's own namespace */
async function ways(clients: readonly Source[]): Promise<Way[]> {
  const [node = assert.fail("no node")] = (await status()).nodes;
  const [kproducer, kconsumer, registry] = await Promise.all([
    addressOf("kafka", "kproducer"),
    addressOf("kafka", "kconsumer"),
    addressOf("kafka-registry", "registry"),
  ]);
  const brokersClients = [...OWN_NAMESPACE, ...clients];
  return [
    ["client port of a broker", CLIENTS_PORT, brokersClients],
    ["clients' Service of the brokers", "kafka-bootstrap.kafka.svc:9092", brokersClients],
    ["controllers' port", `${BROKER}:9093`, ["broker"]],
    ["port between brokers", INTERNAL_PORT, ["broker"]],
    // A Job tells controllers to retire.
    ["health port", `${BROKER}:8080`, ["broker", "job"]],
    ["port for clients outside", `${BROKER}:9094`, EVERYBODY],
    ["NodePort of the brokers", `${node.address}:30099`, EVERYBODY],
    ["kproducer", `${kproducer}:19092`, EVERYBODY],
    ["kconsumer", `${kconsumer}:29092`, EVERYBODY],
    ["NodePort of kconsumer", `${node.address}:30292`, EVERYBODY],
    ["registry", `${registry}:5000`, EVERYBODY],
    ["NodePort of the registry", `${node.address}:31500`, EVERYBODY],
  ];
}

/** Seconds to wait for a connection. A lost first packet is sent again after 1 s and after 3 s. */
const PATIENCE_S = 4;

/** Prints each given address that it reaches; a refused connection counts as reached. */
const PROBE = `for (const address of process.argv.slice(1)) {
  const colon = address.lastIndexOf(":");
  const socket = require("node:net").connect(Number(address.slice(colon + 1)), address.slice(0, colon));
  const end = (reached) => { if (reached) console.log(address); socket.destroy(); };
  socket.setTimeout(${PATIENCE_S * 1000}, () => end(false));
  socket.on("connect", () => end(true)).on("error", ({ code }) => end(code === "ECONNREFUSED"));
}`;

/** The same for the Kafka image, which has no Node.js. */
const BASH_PROBE = `for address; do
  (timeout ${PATIENCE_S} bash -c "</dev/tcp/\${address%:*}/\${address##*:}" 2>/dev/null && echo "$address") &
done; wait; true`;

/** The addresses that a pod reaches. */
async function reached(source: Source, addresses: readonly string[]): Promise<string[]> {
  const { namespace, pod } = PODS[source];
  const probe = source === "broker" ? ["bash", "-c", BASH_PROBE, "probe"] : ["node", "-e", PROBE];
  const printed = await kubectl("exec", "-n", namespace, pod, "--", ...probe, ...addresses);
  return printed.split("\n").filter(Boolean);
}

/** Waits until each pod reaches exactly what it may: policies and new pods take effect a moment later. */
async function untilOnly(clients: readonly Source[]): Promise<void> {
  const table = await ways(clients);
  await until("every pod reaches what it may, and nothing else", 60, async () => {
    const wrong = await Promise.all(
      SOURCES.map(async (source) => {
        const found = await reached(
          source,
          table.map(([, address]) => address),
        );
        return table.flatMap(([what, address, allowed]) => {
          const may = allowed.includes(source);
          if (may === found.includes(address)) return [];
          return [`${source} ${may ? "does not reach" : "reaches"} the ${what}, ${address}`];
        });
      }),
    );
    return wrong.flat().join("; ") || null;
  });
}

interface Deployment {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

interface PodTemplate {
  readonly template: { readonly metadata: { readonly labels: Record<string, string> } };
}

function pod(source: Source, image: string, labels: Record<string, string>) {
  const { namespace, pod: name } = PODS[source];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "probe",
          image,
          command: ["node", "-e", "setInterval(() => {}, 1e9)"],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "256Mi" } },
        },
      ],
    },
  };
}

describe("who can connect to what", () => {
  before(async () => {
    assert.ok((await status()).enforcesPolicies, "NetworkPolicies are not enforced here: the kernel has no NFQUEUE");
    const { spec } = await get<Deployment>("deployment", "kproducer", "-n", "kafka");
    const { template } = await get<PodTemplate>("podtemplate", "ops", "-n", "kafka");
    const image = spec.template.spec.containers[0]?.image ?? assert.fail("no image");
    const namespaces = [ELSEWHERE, ORDERS].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
    const pods = [
      pod("stranger", image, {}),
      pod("api", image, { app: "api" }),
      pod("batch", image, {}),
      pod("own", image, {}),
      // Like the stack's Jobs.
      pod("job", image, template.metadata.labels),
    ];
    const objects = { apiVersion: "v1", kind: "List", items: [...namespaces, ...pods] };
    await run("kubectl", ["apply", "-f", "-"], { env: sandboxEnvironment().env, input: JSON.stringify(objects) });
    for (const { metadata } of pods) {
      const named = ["pod", metadata.name, "-n", metadata.namespace];
      await kubectl("wait", ...named, "--for=condition=Ready", "--timeout=120s");
    }
  });

  after(async () => {
    await kubectl("delete", "pod", PODS.own.pod, PODS.job.pod, "-n", "kafka", "--ignore-not-found", "--wait=false");
    await kubectl("delete", "namespace", ELSEWHERE, ORDERS, "--ignore-not-found", "--wait=false");
  });

  it("is what the NetworkPolicies say, for each port and each kind of pod", () => untilOnly([]));

  it("follows changes of the config's clients in both directions", async () => {
    const client = "listeners.internal.clients[0]";
    const { changes } = await up("dev", `${client}.namespace=${ORDERS}`, `${client}.podLabels.app=api`);
    assert.deepEqual(changes, { ...changes, create: 0, delete: 0, replace: 0, update: 1 });
    await untilOnly(["api"]);
    await up("dev");
    await until("the application is out again", 30, async () =>
      (await reached("api", [CLIENTS_PORT])).length === 0 ? null : `it reaches ${CLIENTS_PORT}`,
    );
  });

  it("is found to be wrong when a policy is", async () => {
    const policy = {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "network-test", namespace: "kafka" },
      spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ ports: [{ port: 9095, protocol: "TCP" }] }] },
    };
    try {
      await run("kubectl", ["apply", "-f", "-"], { env: sandboxEnvironment().env, input: JSON.stringify(policy) });
      await until("a stranger reaches what the policy opens", 30, async () =>
        (await reached("stranger", [INTERNAL_PORT])).length === 1 ? null : "it does not",
      );
    } finally {
      await kubectl("delete", "networkpolicy", "network-test", "-n", "kafka");
    }
  });
});
