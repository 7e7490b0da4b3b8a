import { all, any, type Answer } from "../model/answer";
import { declaredUsers, kafkaSettings } from "../model/kafka";
import { resourcePolicy, stackPolicy } from "../model/policy";
import { matchesAny } from "../model/pattern";
import { inOneNamespace, isNamedBy, type KubernetesResource } from "../model/resource";
import { isLabel } from "../model/selector";
import { list } from "../model/settings";
import type { Value } from "../model/value";
import { type Workload, workloadOf } from "../model/workload";

const exposingTypes = ["NodePort", "LoadBalancer"];

/** Behind such a Service the network protects nothing, so the listener has to. */
export const kafkaExposedListenerAuthenticated = stackPolicy({
  name: "kafka-exposed-listener-authenticated",
  description: "A Kafka listener that is reachable from outside the cluster has TLS and knows its clients.",
  severity: "critical",
  remediationSteps:
    "Close the stack by certificates (listeners.internal.authentication: tls), make the Service a ClusterIP, or name it in allowedServices in the policy pack's config.",
  settings: {
    allowedServices: list(
      [],
      "Services that may expose an open listener, as namespace/name; * stands for any characters.",
    ),
  },
  check: (resources, report, { allowedServices }) => {
    const brokers = resources.map(workloadOf).filter((workload) => workload !== undefined && isBroker(workload));
    for (const service of resources.filter(({ kind }) => kind === "Service")) {
      if (isNamedBy(allowedServices, service) || !isExposed(service)) continue;
      if (any(...brokers.map((workload) => workload && selects(service, workload))) !== true) continue;
      for (const resource of resources) {
        const settings = kafkaSettings(resource);
        if (settings === undefined || inOneNamespace(resource, service) !== true) continue;
        for (const [listener, why] of openListeners(settings, portNames(service))) {
          report(service, `it exposes the listener ${listener}, ${why}`);
        }
      }
    }
  },
});

const isBroker = ({ podLabels }: Workload): boolean => podLabels.at("app.kubernetes.io/component").is("broker");

function isExposed({ properties }: KubernetesResource): boolean {
  const spec = properties.at("spec");
  return spec.at("type").is(...exposingTypes) || spec.at("externalIPs").items().length > 0;
}

/** Whether a Service has a workload's pods behind it. One of them may be selected by its own name, which only Kubernetes puts on it. */
function selects(service: KubernetesResource, workload: Workload): Answer {
  const selector = service.properties.at("spec", "selector");
  const wanted = selector.entries().filter(([key]) => key !== "statefulset.kubernetes.io/pod-name");
  return all(
    selector.missing ? false : selector.unknown ? undefined : true,
    inOneNamespace(service, workload.resource),
    ...wanted.map(([key, value]) => isLabel(workload.podLabels.at(key), value)),
  );
}

const portNames = ({ properties }: KubernetesResource): string[] =>
  properties
    .at("spec", "ports")
    .items()
    .map((port) => (port.at("name").text ?? "").toUpperCase());

/** Listeners without TLS or without known clients: those that ports are named after, or all of them where no port is. */
function* openListeners(settings: ReadonlyMap<string, string>, ports: readonly string[]): Iterable<[string, string]> {
  // Kafka's own default.
  const map = settings.get("listener.security.protocol.map") ?? "PLAINTEXT:PLAINTEXT";
  const protocols = map.split(",").map((entry) => entry.trim().split(":"));
  const named = protocols.filter(([listener = ""]) => ports.includes(listener.toUpperCase()));
  for (const [listener = "", protocol = ""] of named.length > 0 ? named : protocols) {
    const asked =
      settings.get(`listener.name.${listener.toLowerCase()}.ssl.client.auth`) ?? settings.get("ssl.client.auth");
    if (protocol.endsWith("PLAINTEXT")) yield [listener, "which has no TLS"];
    else if (protocol === "SSL" && asked !== "required") yield [listener, "which lets in who has no certificate"];
  }
}

/** Whoever has it makes certificates for whom they like: for a server, an administrator, any user. */
export const authorityKeyOnlyForIssuer = resourcePolicy({
  name: "authority-key-only-for-issuer",
  description: "Only the program that issues certificates can read the key of their authority.",
  severity: "critical",
  remediationSteps:
    "Mount the Secret with the holder's own certificate instead; ca.crt in it is what a client must trust. Name Secrets in Roles.",
  settings: {
    authoritySecrets: list(["kafka-ca"], "Names of Secrets with an authority's key; * stands for any characters."),
    allowedRoles: list(
      ["*/kafka-certificates"],
      "Roles of programs that issue certificates, as namespace/name; * stands for any characters.",
    ),
  },
  check: (resource, report, { authoritySecrets, allowedRoles }) => {
    const isAuthority = (name: Value) => name.text !== undefined && matchesAny(authoritySecrets, name.text);
    const workload = workloadOf(resource);
    if (workload !== undefined) {
      for (const [where, name] of secretsOf(workload)) {
        if (isAuthority(name)) report(`${where} the Secret ${name.text ?? ""}, which has an authority's key`);
      }
    }
    if (isNamedBy(allowedRoles, resource)) return;
    for (const name of readSecrets(resource)) {
      if (name === "every") report("it can read every Secret, and so an authority's key");
      else if (isAuthority(name)) report(`it can read the Secret ${name.text ?? ""}, which has an authority's key`);
    }
  },
});

/** Whoever has it can take the vote of every controller. */
export const ordersKeyOnlyForControllers = resourcePolicy({
  name: "orders-key-only-for-controllers",
  description: "Only controllers and the stack's operations can read the key for orders to controllers.",
  severity: "high",
  remediationSteps: "Mount no such Secret, and name Secrets in Roles; `npm run ops -- controllers` gives orders.",
  settings: {
    orderSecrets: list(["kafka-orders"], "Names of Secrets with such a key; * stands for any characters."),
    allowedComponents: list(
      ["broker", "controller", "ops"],
      "Components (app.kubernetes.io/component) whose pods may have it; * stands for any characters.",
    ),
  },
  check: (resource, report, { orderSecrets, allowedComponents }) => {
    const isKey = (name: Value) => name.text !== undefined && matchesAny(orderSecrets, name.text);
    const workload = workloadOf(resource);
    const component = workload?.podLabels.at("app.kubernetes.io/component");
    if (
      workload !== undefined &&
      component?.unknown !== true &&
      !matchesAny(allowedComponents, component?.text ?? "")
    ) {
      for (const [where, name] of secretsOf(workload)) {
        if (isKey(name)) report(`${where} the Secret ${name.text ?? ""}, which has the key for orders to controllers`);
      }
    }
    for (const name of readSecrets(resource)) {
      if (name !== "every" && isKey(name)) {
        report(`it can read the Secret ${name.text ?? ""}, which has the key for orders to controllers`);
      }
    }
  },
});

/** The names of the Secrets that a Role can read, or `every`; none for what is no Role. */
function* readSecrets({ kind, properties }: KubernetesResource): Iterable<Value | "every"> {
  if (!["Role", "ClusterRole"].includes(kind)) return;
  for (const rule of properties.at("rules").items()) {
    const reads = rule
      .at("verbs")
      .items()
      .some((verb) => verb.is("get", "list", "watch", "*"));
    const secrets = rule
      .at("resources")
      .items()
      .some((each) => each.is("secrets", "*"));
    const names = rule.at("resourceNames");
    if (!reads || !secrets || names.unknown) continue;
    const named = names.items();
    if (named.length === 0) yield "every";
    else yield* named;
  }
}

/** The Secrets that a workload's pods get, with how. */
function* secretsOf({ pod, containers }: Workload): Iterable<[string, Value]> {
  for (const volume of pod.at("volumes").items()) {
    const where = `the volume ${volume.at("name").text ?? ""} is`;
    yield [where, volume.at("secret", "secretName")];
    for (const source of volume.at("projected", "sources").items()) yield [where, source.at("secret", "name")];
  }
  for (const { name, value } of containers) {
    const where = `the environment of container ${name} has`;
    for (const variable of value.at("env").items()) yield [where, variable.at("valueFrom", "secretKeyRef", "name")];
    for (const source of value.at("envFrom").items()) yield [where, source.at("secretRef", "name")];
  }
}

/** What a user may do with what it does not name, it may do to every other application. */
const harmless = ["describe", "describeConfigs", "idempotentWrite"];

/** A user's lost certificate is then worth no more than its own topics. */
export const kafkaUserRightsNarrow = resourcePolicy({
  name: "kafka-user-rights-narrow",
  description:
    "Users of Kafka have rights on what they name: on every topic, every group and the cluster they may only describe.",
  severity: "high",
  remediationSteps:
    "Name topics, groups and transactional ids, or what their names begin with; or name the user in allowedUsers in the policy pack's config.",
  settings: {
    allowedUsers: list(
      ["kafka-*"],
      "Users that may more, such as the stack's own and who mirrors a cluster; * stands for any characters.",
    ),
  },
  check: (resource, report, { allowedUsers }) => {
    for (const { name, acls } of declaredUsers(resource).filter((user) => !matchesAny(allowedUsers, user.name))) {
      for (const acl of acls) {
        const wide = acl.operations.filter((operation) => !harmless.includes(operation));
        if (wide.length === 0) continue;
        if (acl.resource === "cluster") report(`user ${name} may ${wide.join(", ")} the cluster`);
        else if (acl.pattern === "literal" && acl.name === "*") {
          report(`user ${name} may ${wide.join(", ")} every ${acl.resource}`);
        }
      }
    }
  },
});
