import { closed, settings, topic, type Refused } from "./case";

const CONSUME = { topic: "chatroom", allow: ["consume"] };
const ORDERS = { name: "orders", rights: [CONSUME] };
const users = (...list: unknown[]) => closed({ users: list });
const clients = (...list: unknown[]) => ({ listeners: { internal: { clients: list } } });

/** Bad configs by their fault. */
export const KEYS: Readonly<Record<string, readonly Refused[]>> = {
  "unknown keys": [
    [{ replcas: 3 }, "replcas", "did you mean replicas?"],
    [{ Mode: "kraft" }, "Mode", "did you mean mode?"],
    [{ brokers: 3 }, "brokers", "known are mode, replicas"],
    [{ namespace: "kafka" }, "namespace", "did you mean cluster.namespace?"],
    [{ cluster: { namspace: "kafka" } }, "cluster.namspace", "did you mean cluster.namespace?"],
    [{ kafka: { resources: { limit: {} } } }, "kafka.resources.limit", "did you mean kafka.resources.limits?"],
    [{ kafka: { resources: { limits: { mem: "1Gi" } } } }, "kafka.resources.limits.mem", "known are cpu, memory"],
    [topic({ partition: 3 }), "topics[1].partition", "did you mean topics[1].partitions?"],
    [{ kchat: { producer: { nodeport: 30192 } } }, "kchat.producer.nodeport", "did you mean kchat.producer.nodePort?"],
    [{ "odd key": 1 }, '["odd key"]', "is unknown"],
  ],
  "wrong types": [
    [{ mode: "zk" }, "mode", "zk is refused; allowed is kraft or zookeeper"],
    [{ mode: 3 }, "mode", "kraft or zookeeper"],
    [{ replicas: "three" }, "replicas", "three is refused; allowed is a whole number from 1 to 1000"],
    [{ replicas: 2.5 }, "replicas", "2.5 is refused"],
    [{ replicas: 0 }, "replicas", "0 is refused"],
    [{ replicas: -1 }, "replicas", "-1 is refused"],
    [{ replicas: true }, "replicas", "true is refused"],
    [{ replicas: null }, "replicas", "null is refused"],
    [{ cluster: "sandbox" }, "cluster", "context, kubeconfig, namespace and id"],
    [{ topics: "chatroom" }, "topics", "a list of topics"],
    [{ topics: [{ partitions: 3 }] }, "topics[0].name", "is missing"],
    [topic({ name: "no spaces" }), "topics[1].name", "no spaces is refused"],
    [topic({ partitions: 0 }), "topics[1].partitions", "from 1 to 100000"],
    [
      topic({ config: { "retention.ms": [1] } }),
      'topics[1].config["retention.ms"]',
      "a list is refused; allowed is text",
    ],
    [{ kafka: { external: { enabled: "yes" } } }, "kafka.external.enabled", "true or false"],
    [{ images: { platform: "arm" } }, "images.platform", "such as linux/amd64"],
    [{ images: { mavenMirror: "mirror" } }, "images.mavenMirror", "URL"],
    [{ images: { baseImages: { jre: "a b" } } }, "images.baseImages.jre", "an image name"],
    [
      { operations: { rebalance: { throttle: "fast" } } },
      "operations.rebalance.throttle",
      "fast is refused; allowed is bytes",
    ],
    [{ operations: { rebalance: { throttle: 10 } } }, "operations.rebalance.throttle", "at least 1 KiB"],
    [{ operations: { rebalance: { diskLimit: 0 } } }, "operations.rebalance.diskLimit", "from 1 to 100"],
    [{ operations: { rebalance: { diskLimit: 101 } } }, "operations.rebalance.diskLimit", "from 1 to 100"],
    [{ operations: { cordoned: 1 } }, "operations.cordoned", "a list of the numbers of brokers"],
    [{ operations: { cordoned: [-1] } }, "operations.cordoned[0]", "from 0 to 999"],
    [{ operations: { jobDeadlineSeconds: 5 } }, "operations.jobDeadlineSeconds", "from 60 to"],
    [{ scheduling: { spread: "always" } }, "scheduling.spread", "preferred or required"],
    [{ scheduling: { zoneLabel: "a b" } }, "scheduling.zoneLabel", "the name of a node label"],
    [{ kchat: { serviceType: "Ingress" } }, "kchat.serviceType", "one of NodePort, ClusterIP, LoadBalancer"],
    [{ kchat: { ingress: {} } }, "kchat.ingress.host", "is missing"],
  ],
  "ambiguous spellings": [
    // Ten in YAML 1.1, twelve elsewhere.
    [{ replicas: "012" }, "replicas", "012 is refused"],
    [{ registry: { nodePort: "031500" } }, "registry.nodePort", "031500 is refused"],
    [{ kafka: { terminationGracePeriodSeconds: "٣٠" } }, "kafka.terminationGracePeriodSeconds", "from 30 to 3600"],
    [{ replicas: "0x10" }, "replicas", "0x10 is refused"],
    [{ replicas: "1_000" }, "replicas", "1_000 is refused"],
    [{ kchat: { enabled: "yes" } }, "kchat.enabled", "true or false"],
    [settings({ "auto.create.topics.enable": "on" }), 'kafka.config["auto.create.topics.enable"]', "true or false"],
    [settings({ "log.retention.bytes": "1e3" }), 'kafka.config["log.retention.bytes"]', "write 1000"],
    [
      settings({ "log.retention.bytes": "9223372036854775808" }),
      'kafka.config["log.retention.bytes"]',
      "fits into long",
    ],
    [
      settings({ "log.cleaner.min.cleanable.ratio": "NaN" }),
      'kafka.config["log.cleaner.min.cleanable.ratio"]',
      "0 to 1",
    ],
    [settings({ "log.cleanup.policy": "[compact,delete]" }), 'kafka.config["log.cleanup.policy"]', "a comma list"],
  ],
  "names with a special meaning": [
    // Inherited by every object of JavaScript.
    ...["toString", "valueOf", "constructor"].map((name): Refused => [
      { kafka: { config: { [name]: null } } },
      `kafka.config.${name}`,
      "null is refused; allowed is text",
    ]),
    ...["constructor", "toString"].map((name): Refused => [
      { storage: { type: "nfs", server: "nas", path: "/{ordinal}", mountOptions: [name, "ro"] } },
      "storage.mountOptions[1]",
      "servers write",
    ]),
    ...[
      ["kafka.config", '{"kafka": {"config": {"__proto__": null}}}'],
      [
        "monitoring.labels",
        '{"monitoring": {"scrape": "podMonitor", "namespaces": ["a"], "labels": {"__proto__": "x"}}}',
      ],
      ["pods.all", '{"pods": {"all": {"__proto__": {}}}}'],
      ["pods.all.labels", '{"pods": {"all": {"labels": {"__proto__": "x"}}}}'],
      ["topics[0].config", '{"topics": [{"name": "chatroom", "config": {"__proto__": {}}}]}'],
    ].map(([at = "", json = ""]): Refused => [JSON.parse(json) as Refused[0], `${at}.__proto__`, "is unknown"]),
    ...["constructor", "toString", "__proto__", "hasOwnProperty"].flatMap((name): Refused[] => [
      [JSON.parse(`{"${name}": 1}`) as Refused[0], name, "is unknown"],
      [JSON.parse(`{"kafka": {"${name}": {}}}`) as Refused[0], `kafka.${name}`, "is unknown"],
      [{ mode: name }, "mode", "kraft or zookeeper"],
      [{ storage: { type: name } }, "storage.type", "one of hostPath"],
      [topic({ config: JSON.parse(`{"${name}": "1"}`) as object }), `topics[1].config.${name}`, "is not"],
    ]),
    [JSON.parse('{"kafka": {"config": {"__proto__": "1"}}}') as Refused[0], "kafka.config.__proto__", "not the name"],
    [topic({ name: "__remote_log_metadata" }), "topics[1].name", "a topic of Kafka's own"],
    [topic({ name: "чат" }), "topics[1].name", "characters A-Z"],
    [topic({ name: "a\u200bb" }), "topics[1].name", "characters A-Z"],
    [topic({ name: "x".repeat(250) }), "topics[1].name", "1 to 249"],
    [{ cluster: { namespace: "кафка" } }, "cluster.namespace", "characters a-z"],
    // What Kubernetes would refuse only when the object is created, after others.
    ...["a..b", "a.-b", "a-.b", "Fast", "a b", " ", "x".repeat(254)].flatMap((name): Refused[] => [
      [{ storage: { type: "storageClass", className: name } }, "storage.className", "the name of a StorageClass"],
      [{ storage: { nodes: [name] } }, "storage.nodes[0]", "the name of a node"],
      [{ registry: { className: name } }, "registry.className", "the name of a StorageClass"],
      [{ kchat: { ingress: { host: name } } }, "kchat.ingress.host", "a host name"],
      [
        { kchat: { ingress: { host: "a", className: name } } },
        "kchat.ingress.className",
        "the name of an IngressClass",
      ],
      [
        { kchat: { ingress: { host: "a", tlsSecretName: name } } },
        "kchat.ingress.tlsSecretName",
        "the name of a Secret",
      ],
      [users({ ...ORDERS, secret: { name } }), "users[0].secret.name", "the name of a Secret"],
      [users({ ...ORDERS, name }), "users[0].name", "beside each dot"],
    ]),
    ...["-a/b", "a..b/c", "x".repeat(64), "a/b/c"].flatMap((name): Refused[] => [
      [{ scheduling: { zones: true, zoneLabel: name } }, "scheduling.zoneLabel", "the name of a node label"],
      [clients({ namespaceLabels: { [name]: "x" } }), "listeners.internal.clients[0].namespaceLabels", "label"],
    ]),
    ...["cluster.context", "cluster.kubeconfig", "registry.haSharedSecret"].map((key): Refused => {
      const [section = "", name = ""] = key.split(".");
      return [{ [section]: { [name]: " " } }, key, "is refused"];
    }),
  ],
};
