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
