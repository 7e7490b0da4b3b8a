import * as rules from "../rules/access";
import {
  configMap,
  deployment,
  type Json,
  kafkaSettings,
  labels,
  resource,
  service,
  statefulSet,
  unknown,
} from "./builders";
import { expectations, fails, passes, waits } from "./expectations";

const brokers = statefulSet();
const outside = (type: Json, port = "external") =>
  service("kafka-external", { type, selector: labels("broker"), ports: [{ name: port, port: 9094 }] });
const map = "listener.security.protocol.map";
const listeners = (protocol: string, more: Readonly<Record<string, string>> = {}) =>
  kafkaSettings({ [map]: `CLIENT:SSL,EXTERNAL:${protocol}`, "ssl.client.auth": "required", ...more });
const open = listeners("PLAINTEXT");
const one = service("broker-0-external", {
  type: "NodePort",
  selector: { ...(labels("broker") as object), "statefulset.kubernetes.io/pod-name": "broker-0" },
  ports: [{ name: "external", port: 9094 }],
});

expectations(
  rules.kafkaExposedListenerAuthenticated,
  fails(
    "with a NodePort without TLS",
    [brokers, open, outside("NodePort")],
    /Service kafka\/kafka-external: it exposes the listener EXTERNAL, which has no TLS/,
  ),
  fails("with a NodePort of one broker", [brokers, open, one], /broker-0-external: it exposes the listener EXTERNAL/),
  fails(
    "with a password that crosses in plain",
    [brokers, listeners("SASL_PLAINTEXT"), outside("LoadBalancer")],
    /no TLS/,
  ),
  fails(
    "with TLS for everyone",
    [brokers, listeners("SSL", { "ssl.client.auth": "none" }), outside("LoadBalancer")],
    /EXTERNAL, which lets in who has no certificate/,
  ),
  fails(
    "with TLS for everyone at that listener alone",
    [brokers, listeners("SSL", { "listener.name.external.ssl.client.auth": "requested" }), outside("NodePort")],
    /EXTERNAL, which lets in who has no certificate/,
  ),
  fails("with Kafka's own listener", [brokers, kafkaSettings(), outside("NodePort")], /the listener PLAINTEXT/),
  fails("at a port that no listener is named after", [brokers, open, outside("NodePort", "x")], /EXTERNAL/),
  fails(
    "with external addresses",
    [brokers, open, service("a", { selector: labels("broker"), externalIPs: ["192.0.2.1"] })],
    /Service kafka\/a: it exposes the listener EXTERNAL/,
  ),
  passes("with certificates", [brokers, listeners("SSL"), outside("NodePort")]),
  passes("with passwords over TLS", [brokers, listeners("SASL_SSL"), outside("NodePort")]),
  passes("inside", [brokers, open, outside("ClusterIP")]),
  passes("another listener than the open one", [brokers, open, outside("NodePort", "client")]),
  passes("what is no broker", [
    brokers,
    open,
    deployment(),
    service("kproducer", { type: "NodePort", selector: labels("kproducer") }),
  ]),
  passes("when allowed by name", [brokers, open, outside("NodePort")], { allowedServices: ["kafka/kafka-external"] }),
  waits("the type, the settings or the selector are unknown", [
    brokers,
    configMap("kafka-config", { "server.properties": unknown }),
    outside("NodePort"),
    outside(unknown),
    service("b", { type: "NodePort", selector: unknown }),
  ]),
);

const role = (kind: string, name: string, rule: Json) =>
  resource(`kubernetes:rbac.authorization.k8s.io/v1:${kind}`, name, {
    metadata: { name, namespace: "kafka" },
    rules: [rule],
  });
const secrets = (verbs: Json, more: object = {}) => ({ apiGroups: [""], resources: ["secrets"], verbs, ...more });

expectations(
  rules.authorityKeyOnlyForIssuer,
  fails(
    "when a pod mounts it",
    statefulSet({ pod: { volumes: [{ name: "ca", secret: { secretName: "kafka-ca" } }] } }),
    /StatefulSet kafka\/broker: the volume ca is the Secret kafka-ca, which has an authority's key/,
  ),
  fails(
    "when it is part of a volume",
    deployment({ pod: { volumes: [{ name: "all", projected: { sources: [{ secret: { name: "kafka-ca" } }] } }] } }),
    /the volume all is/,
  ),
  fails(
    "when it is in the environment",
    deployment({
      container: {
        env: [{ name: "KEY", valueFrom: { secretKeyRef: { name: "kafka-ca", key: "tls.key" } } }],
        envFrom: [{ secretRef: { name: "kafka-ca" } }],
      },
    }),
    [/the environment of container main has/, /the environment of container main has/],
  ),
  fails(
    "when it has another name",
    statefulSet({ pod: { volumes: [{ name: "x", secret: { secretName: "root" } }] } }),
    /root/,
    {
      authoritySecrets: ["root"],
    },
  ),
  fails(
    "when a Role names it",
    role("Role", "reader", secrets(["get"], { resourceNames: ["kafka-tls-ops", "kafka-ca"] })),
    /Role kafka\/reader: it can read the Secret kafka-ca/,
  ),
  fails(
    "when a Role reads all Secrets",
    role("ClusterRole", "reader", secrets(["list"])),
    /ClusterRole reader: .*every/,
  ),
  fails(
    "when a Role may do everything",
    role("Role", "admin", { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }),
    /every Secret/,
  ),
  passes(
    "the issuing program's Role",
    role("Role", "kafka-certificates", secrets(["get"], { resourceNames: ["kafka-ca"] })),
  ),
  passes("other Secrets", [
    statefulSet({ pod: { volumes: [{ name: "tls", secret: { secretName: "kafka-tls-broker" } }] } }),
    role("Role", "a", secrets(["create"])),
    role("Role", "b", secrets(["get"], { resourceNames: ["kafka-tls-ops"] })),
    role("Role", "c", { apiGroups: [""], resources: ["pods"], verbs: ["get"] }),
  ]),
  waits("names are unknown", [
    statefulSet({ pod: { volumes: [{ name: "ca", secret: { secretName: unknown } }] } }),
    role("Role", "a", secrets(["get"], { resourceNames: unknown })),
  ]),
);

const mounting = (secretName: Json) => ({
  pod: { volumes: [{ name: "orders", secret: { secretName, optional: true } }] },
});

expectations(
  rules.ordersKeyOnlyForControllers,
  fails(
    "when another pod mounts it",
    deployment(mounting("kafka-orders")),
    /Deployment kafka\/kproducer: the volume orders is the Secret kafka-orders, which has the key for orders/,
  ),
  fails(
    "when another pod has it in its environment",
    deployment({
      container: { env: [{ name: "KEY", valueFrom: { secretKeyRef: { name: "kafka-orders", key: "key" } } }] },
    }),
    /the environment of container main has the Secret kafka-orders/,
  ),
  fails("when it has another name", deployment(mounting("own")), /own/, { orderSecrets: ["own"] }),
  fails("when servers are called otherwise", statefulSet(mounting("kafka-orders")), /kafka-orders/, {
    allowedComponents: ["controller", "ops"],
  }),
  fails(
    "when a Role names it",
    role("Role", "reader", secrets(["get"], { resourceNames: ["other", "kafka-orders"] })),
    /Role kafka\/reader: it can read the Secret kafka-orders/,
  ),
  passes("the servers that take orders", statefulSet(mounting("kafka-orders"))),
  passes("other Secrets, and Roles that may create some", [
    deployment(mounting("kafka-tls-kproducer")),
    role("Role", "a", secrets(["create"])),
    role("Role", "b", secrets(["get"], { resourceNames: ["kafka-ca"] })),
  ]),
  waits("names are unknown", [
    deployment(mounting(unknown)),
    role("Role", "a", secrets(["get"], { resourceNames: unknown })),
  ]),
);

const user = (name: string, ...acls: Json[]) =>
  configMap("desired-state", { "cluster.json": JSON.stringify({ users: [{ name, acls }] }) }, "ops");
const right = (of: string, name: string, operations: Json, pattern = "literal") => ({
  resource: of,
  pattern,
  name,
  operations,
});

expectations(
  rules.kafkaUserRightsNarrow,
  fails(
    "with a right on every topic",
    user("orders", right("topic", "*", ["read", "write", "describe"])),
    /ConfigMap kafka\/desired-state: user orders may read, write every topic/,
  ),
  fails("with a right on every group", user("orders", right("group", "*", ["read"])), /may read every group/),
  fails(
    "with a right on the cluster",
    user("orders", right("cluster", "kafka-cluster", ["alter", "describe"])),
    /user orders may alter the cluster/,
  ),
  fails("with a user beside those allowed", user("orders", right("topic", "*", ["read"])), /orders/, {
    allowedUsers: ["mirror"],
  }),
  passes("what they name, and to describe", [
    user(
      "orders",
      right("topic", "orders", ["read", "write", "alterConfigs"]),
      right("topic", "orders-", ["create", "delete"], "prefixed"),
      right("topic", "*", ["describe", "describeConfigs"]),
      right("cluster", "kafka-cluster", ["describe", "idempotentWrite"]),
    ),
    user("kafka-client", right("topic", "*", ["write"])),
  ]),
  passes("when allowed by name", user("mirror", right("topic", "*", ["read"])), { allowedUsers: ["mirror"] }),
  passes("with a file in another form", configMap("t", { "cluster.json": '{"users": 1}' })),
  waits("the users are unknown", configMap("t", { "cluster.json": unknown })),
);
