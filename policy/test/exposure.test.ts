import * as rules from "../rules/exposure";
import { deployment, type Json, labels, resource, service, unknown } from "./builders";
import { expectations, fails, passes, waits } from "./expectations";

const chart = (values: Record<string, Json>, name = "docker-registry") =>
  resource("kubernetes:helm.sh/v4:Chart", "registry", { name: "registry", namespace: "registry", chart: name, values });
const registry = (env: readonly Json[] = []) =>
  deployment({
    metadata: { name: "registry" },
    container: { image: "registry:3.0.0", env: [...env] },
  });
const exposed = (type: string) => service("registry", { type, selector: labels("kproducer") });

expectations(
  rules.serviceTypeAllowed,
  fails(
    "with a NodePort",
    service("kproducer", { type: "NodePort" }),
    /Service kafka\/kproducer: its type is NodePort/,
  ),
  fails("with a LoadBalancer", service("kproducer", { type: "LoadBalancer" }), /its type is LoadBalancer/, {
    allowedServices: ["kafka/other"],
  }),
  fails("with external addresses", service("kproducer", { externalIPs: ["192.0.2.1"] }), /it has external addresses/),
  passes("with a ClusterIP", [service("a", { type: "ClusterIP" }), service("b", {})]),
  passes("when allowed", service("kproducer", { type: "NodePort" }), { allowedServices: ["*/kproducer"] }),
  waits("the type is unknown", service("kproducer", { type: unknown, externalIPs: unknown })),
);

const access = (component: string | undefined, ...ingress: Json[]) =>
  resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", "access", {
    metadata: { name: "access", namespace: "kafka" },
    spec: {
      podSelector: component === undefined ? {} : { matchLabels: { "app.kubernetes.io/component": component } },
      policyTypes: ["Ingress"],
      ingress,
    },
  });
const client = (...from: Json[]) => ({ ports: [{ port: 9092, protocol: "TCP" }], from });
const namespaces = (namespaceSelector: Json) => client({ namespaceSelector });
const addresses = (cidr: Json) => client({ ipBlock: { cidr } });

expectations(
  rules.serverIngressFromKnown,
  fails(
    "for a port that is open to anyone",
    access("broker", { ports: [{ port: 9094 }] }),
    /NetworkPolicy kafka\/access: it lets anyone connect to port 9094/,
  ),
  fails("for a server that is open to anyone", access("zookeeper", {}), /it lets anyone connect to every port/),
  fails("for all pods of a namespace", access(undefined, {}), /it lets anyone connect to every port/),
  fails("for all namespaces", access("broker", namespaces({})), /it lets pods of every namespace connect to port 9092/),
  fails("for all addresses", access("controller", addresses("0.0.0.0/0")), /it lets 0\.0\.0\.0\/0 connect/),
  fails("for all addresses of IPv6", access("broker", addresses("::/0")), /it lets ::\/0 connect/),
  fails("for a range that is too large", access("broker", addresses("10.0.0.0/20")), /10\.0\.0\.0\/20/, {
    minPrefixLength: 24,
  }),
  passes("named clients", [
    access(
      "broker",
      namespaces({ matchLabels: { team: "orders" } }),
      addresses("10.20.0.0/16"),
      addresses("fd00::/48"),
    ),
    access("broker", client({ podSelector: {} })),
    access("broker"),
  ]),
  passes("what is no server", access("kconsumer", { ports: [{ port: 29092 }] })),
  waits(
    "who may connect is unknown",
    access("broker", { ports: [], from: unknown }, namespaces(unknown), addresses(unknown)),
  ),
);

expectations(
  rules.registryRequiresAuth,
  fails(
    "for a chart with a NodePort",
    chart({ service: { type: "NodePort" } }),
    /Chart registry\/registry: the chart exposes the registry and secrets\.htpasswd is not set/,
  ),
  fails("for a chart with an Ingress", chart({ ingress: { enabled: true } }, "charts/docker-registry"), /exposes/),
  fails(
    "for a registry with a LoadBalancer",
    [registry(), exposed("LoadBalancer")],
    /Deployment kafka\/registry: the registry is exposed and REGISTRY_AUTH is not set/,
  ),
  passes("with a password", [
    chart({ service: { type: "NodePort" }, secrets: { htpasswd: "a:b" } }),
    registry([{ name: "REGISTRY_AUTH", value: "htpasswd" }]),
    exposed("NodePort"),
  ]),
  passes("when it is not exposed", [chart({}), registry(), exposed("ClusterIP")]),
  passes("other charts", chart({ service: { type: "NodePort" } }, "nginx")),
  waits("the password is unknown", chart({ service: { type: "NodePort" }, secrets: { htpasswd: unknown } })),
  waits("the exposure is unknown", [registry(), exposed(unknown), chart({ service: unknown })]),
  waits("the environment is unknown", [registry([{ name: unknown }]), exposed("NodePort")]),
);
