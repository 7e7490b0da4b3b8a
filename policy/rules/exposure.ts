import { all, any, type Answer } from "../model/answer";
import { parseImage } from "../model/image";
import { resourcePolicy, stackPolicy } from "../model/policy";
import { inOneNamespace, type KubernetesResource, isNamedBy } from "../model/resource";
import { haveLabels } from "../model/selector";
import { integer, list } from "../model/settings";
import type { Value } from "../model/value";
import { type Workload, workloadOf } from "../model/workload";

const exposingTypes = ["NodePort", "LoadBalancer"];

/** A NodePort is open on every node; a LoadBalancer may be open to the world. */
export const serviceTypeAllowed = resourcePolicy({
  name: "service-type-allowed",
  description: "Only allowed Services are reachable from outside the cluster.",
  severity: "high",
  remediationSteps: "Make the Service a ClusterIP, or add it to allowedServices in the policy pack's config.",
  settings: {
    allowedServices: list([], "Services that may be exposed, as namespace/name; * stands for any characters."),
  },
  check: (resource, report, { allowedServices }) => {
    if (resource.kind !== "Service" || isNamedBy(allowedServices, resource)) {
      return;
    }
    const spec = resource.properties.at("spec");
    if (spec.at("type").is(...exposingTypes)) {
      report(`its type is ${spec.at("type").text ?? ""}`);
    }
    if (spec.at("externalIPs").items().length > 0) {
      report("it has external addresses");
    }
  },
});

const servers = ["broker", "controller", "zookeeper"];

/** A listener without authentication gives every record to whoever reaches it. */
export const serverIngressFromKnown = resourcePolicy({
  name: "server-ingress-from-known",
  description: "NetworkPolicies open Kafka and ZooKeeper servers to named clients only.",
  severity: "critical",
  remediationSteps:
    "Name the clients in the rule's from: namespaces by labels, or a range of addresses that is no larger than theirs.",
  settings: {
    minPrefixLength: integer(
      16,
      "Shortest prefix of a range of IPv4 addresses; an IPv6 one needs three times as much.",
      0,
      32,
    ),
  },
  check: (resource, report, { minPrefixLength }) => {
    const spec = resource.properties.at("spec");
    const component = spec.at("podSelector", "matchLabels", "app.kubernetes.io/component");
    if (
      resource.kind !== "NetworkPolicy" ||
      component.unknown ||
      (component.text !== undefined && !servers.includes(component.text))
    ) {
      return;
    }
    for (const rule of spec.at("ingress").items()) {
      const ports = rule
        .at("ports")
        .items()
        .map((port) => port.at("port").scalar ?? "?");
      const where = ports.length === 0 ? "every port" : `port ${ports.join(", ")}`;
      const from = rule.at("from");
      if (!from.unknown && from.items().length === 0) report(`it lets anyone connect to ${where}`);
      for (const peer of from.items()) {
        const wide = widePeer(peer, minPrefixLength);
        if (wide !== undefined) report(`it lets ${wide} connect to ${where}`);
      }
    }
  },
});

/** What makes a peer too wide: its range of addresses, or every namespace; undefined when it names its clients. */
function widePeer(peer: Value, minPrefixLength: number): string | undefined {
  const cidr = peer.at("ipBlock", "cidr").text;
  if (cidr !== undefined) {
    const least = cidr.includes(":") ? Math.min(128, 3 * minPrefixLength) : minPrefixLength;
    return Number(cidr.split("/")[1] ?? 0) < least ? cidr : undefined;
  }
  const namespaces = peer.at("namespaceSelector");
  const everyNamespace =
    !namespaces.missing &&
    ["matchLabels", "matchExpressions"].every((key) => {
      const selected = namespaces.at(key);
      return !selected.unknown && selected.items().length + selected.entries().length === 0;
    });
  return everyNamespace && !namespaces.unknown ? "pods of every namespace" : undefined;
}

/** Whoever can push to a registry can run any program in the cluster. */
export const registryRequiresAuth = stackPolicy({
  name: "registry-requires-auth",
  description: "An image registry that is reachable from outside the cluster asks for a password.",
  severity: "critical",
  remediationSteps:
    "Set the docker-registry chart's value secrets.htpasswd, or make the registry's Service a ClusterIP.",
  check: (resources, report) => {
    for (const chart of resources.filter(isRegistryChart)) {
      const values = chart.properties.at("values");
      const exposed = values.at("service", "type").is(...exposingTypes) || values.at("ingress", "enabled").is(true);
      const htpasswd = values.at("secrets", "htpasswd");
      if (exposed && (htpasswd.missing || htpasswd.is(""))) {
        report(chart, "the chart exposes the registry and secrets.htpasswd is not set");
      }
    }
    for (const workload of resources.map(workloadOf).filter((found) => found !== undefined)) {
      const open = workload.containers.some(({ value }) => isOpenRegistry(value));
      const exposed = any(...resources.map((resource) => exposes(resource, workload)));
      if (open && exposed === true) {
        report(workload.resource, "the registry is exposed and REGISTRY_AUTH is not set");
      }
    }
  },
});

function isRegistryChart({ kind, properties }: KubernetesResource): boolean {
  const chart = properties.at("chart").text ?? "";
  return ["Chart", "Release"].includes(kind) && /(^|\/)docker-registry(-[0-9.]+\.tgz)?$/.test(chart);
}

/** True for a container of the distribution registry that certainly asks for no password. */
function isOpenRegistry(container: Value): boolean {
  const image = container.at("image").text;
  const registry = image !== undefined && /(^|\/)(registry|distribution)$/.test(parseImage(image).repository);
  const auth = container
    .at("env")
    .items()
    .some((variable) => {
      const name = variable.at("name");
      return name.unknown || /^REGISTRY_AUTH(_|$)/.test(name.text ?? "");
    });
  return registry && !auth && !container.at("env").unknown;
}

/** Whether a resource is a Service that opens a workload to the outside. */
function exposes(resource: KubernetesResource, workload: Workload): Answer {
  const type = resource.properties.at("spec", "type");
  const selector = resource.properties.at("spec", "selector");
  return all(
    resource.kind === "Service" && !selector.missing,
    type.unknown ? undefined : type.is(...exposingTypes),
    inOneNamespace(resource, workload.resource),
    haveLabels(workload.podLabels, selector),
  );
}
