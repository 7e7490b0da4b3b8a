/** Refused overlays: the overlay, the path of the problem, and words of the message. */
export const REFUSED_PODS: readonly (readonly [pods: Record<string, unknown>, key: string, says: string])[] = [
  [{ brokers: {} }, "pods.brokers", "did you mean pods.broker?"],
  [{ broker: { toleration: [] } }, "pods.broker.toleration", "did you mean pods.broker.tolerations?"],
  [{ broker: { image: "kafka:latest" } }, "pods.broker.image", "images.kafka"],
  [{ broker: { command: ["sh"] } }, "pods.broker.command", "the stack determines"],
  [{ job: { args: ["status"] } }, "pods.job.args", "the stack determines"],
  [{ all: { hostNetwork: true } }, "pods.all.hostNetwork", "restricted"],
  [{ broker: { containers: [] } }, "pods.broker.containers", "sidecars"],
  [{ broker: { dnsPolicy: "Default" } }, "pods.broker.dnsPolicy", "dnsConfig"],
  [
    { all: { labels: { "app.kubernetes.io/component": "x" } } },
    'pods.all.labels["app.kubernetes.io/component"]',
    "find the pods by it",
  ],
  [{ broker: { labels: { "a b": "x" } } }, 'pods.broker.labels["a b"]', "a key such as team"],
  [{ broker: { labels: { team: "a b" } } }, "pods.broker.labels.team", "the value of a label"],
  [
    { broker: { annotations: { "kafka-stack/restart-hash": "1" } } },
    'pods.broker.annotations["kafka-stack/restart-hash"]',
    "the stack's own",
  ],
  [
    { all: { tolerations: [{ key: "pool", operator: "Is" }] } },
    "pods.all.tolerations[0].operator",
    "allowed is Equal or Exists",
  ],
  [{ all: { tolerations: [{ key: "a", operator: "Exists", value: "b" }] } }, "pods.all.tolerations[0]", "has a value"],
  [{ all: { tolerations: [{ effect: "NoSchedule" }] } }, "pods.all.tolerations[0]", "tolerates every key only"],
  [
    { all: { tolerations: [{ key: "a", effect: "NoSchedule", tolerationSeconds: 5 }] } },
    "pods.all.tolerations[0]",
    "NoExecute",
  ],
  [{ all: { tolerations: [{ key: "a" }, { key: "a" }] } }, "pods.all.tolerations[1]", "is listed twice"],
  [{ broker: { nodeSelector: { pool: 3 } } }, "pods.broker.nodeSelector.pool", "3 is refused"],
  [
    { broker: { affinity: { nodeAffinity: { required: {} } } } },
    "pods.broker.affinity.nodeAffinity.required",
    "is unknown",
  ],
  [
    { broker: { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "zone" }] } },
    "pods.broker.topologySpreadConstraints[0].whenUnsatisfiable",
    "is missing",
  ],
  [{ kproducer: { imagePullPolicy: "Sometimes" } }, "pods.kproducer.imagePullPolicy", "Always or IfNotPresent"],
  [
    { broker: { env: [{ name: "KAFKA_POOL", value: "x" }] } },
    "pods.broker.env[0].name",
    "the stack configures its container by it",
  ],
  [
    { job: { env: [{ name: "NODE_OPTIONS", value: "x" }] } },
    "pods.job.env[0].name",
    "the stack configures its container by it",
  ],
  [
    { broker: { env: [{ name: "A", value: "1", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] } },
    "pods.broker.env[0]",
    "one value",
  ],
  [{ broker: { env: [{ name: "A" }, { name: "A" }] } }, "pods.broker.env[1]", "is listed twice"],
  [{ broker: { volumes: [{ name: "data-3", emptyDir: {} }] } }, "pods.broker.volumes[0].name", "of the stack's own"],
  [
    { broker: { volumes: [{ name: "host", hostPath: { path: "/" } }] } },
    "pods.broker.volumes[0].hostPath",
    "allows configMap",
  ],
  [{ broker: { volumes: [{ name: "nothing" }] } }, "pods.broker.volumes[0]", "it has none"],
  [
    { broker: { volumes: [{ name: "two", emptyDir: {}, secret: { secretName: "a" } }] } },
    "pods.broker.volumes[0]",
    "it has secret and emptyDir",
  ],
  [
    { broker: { volumeMounts: [{ name: "none", mountPath: "/extra" }] } },
    "pods.broker.volumeMounts[0].name",
    "is not a volume of the overlay",
  ],
  ...["/etc/kafka", "/etc", "/", "/tmp/x", "/var/lib/kafka/data-9", "/opt//kafka/libs/"].map(
    (mountPath) =>
      [
        { broker: { volumes: [{ name: "v", emptyDir: {} }], volumeMounts: [{ name: "v", mountPath }] } },
        "pods.broker.volumeMounts[0].mountPath",
        "is the stack's own",
      ] as const,
  ),
  [
    { broker: { volumes: [{ name: "v", emptyDir: {} }], volumeMounts: [{ name: "v", mountPath: "/a/../tmp" }] } },
    "pods.broker.volumeMounts[0].mountPath",
    "without ..",
  ],
  [{ broker: { sidecars: [{ name: "broker", image: "a" }] } }, "pods.broker.sidecars[0].name", "of the stack's own"],
  [{ broker: { sidecars: [{ name: "a" }] } }, "pods.broker.sidecars[0].image", "is missing"],
  [
    { broker: { sidecars: [{ name: "a", image: "a", ports: [{ containerPort: 9092 }] }] } },
    "pods.broker.sidecars[0].ports[0].containerPort",
    "listens there",
  ],
  [
    { broker: { sidecars: [{ name: "a", image: "a", ports: [{ containerPort: 7000, hostPort: 7000 }] }] } },
    "pods.broker.sidecars[0].ports[0].hostPort",
    "restricted",
  ],
  [
    { broker: { sidecars: [{ name: "a", image: "a", securityContext: { privileged: true } }] } },
    "pods.broker.sidecars[0].securityContext.privileged",
    "restricted",
  ],
  [
    { broker: { sidecars: [{ name: "a", image: "a", securityContext: { runAsUser: 0 } }] } },
    "pods.broker.sidecars[0].securityContext.runAsUser",
    "from 1",
  ],
  [
    { broker: { initContainers: [{ name: "a", image: "a" }], sidecars: [{ name: "a", image: "a" }] } },
    "pods.broker.sidecars[0].name",
    "an initContainer, too",
  ],
  [{ all: { sidecars: [{ name: "a", image: "a" }] } }, "pods.all.sidecars", "a Job does not end"],
  [{ job: { sidecars: [{ name: "a", image: "a" }] } }, "pods.job.sidecars", "a Job does not end"],
  [{ job: { probes: { liveness: { periodSeconds: 60 } } } }, "pods.job.probes", "have no effect"],
  [{ broker: { securityContext: { runAsUser: 1000 } } }, "pods.broker.securityContext.runAsUser", "owns the files"],
  [
    { broker: { securityContext: { sysctls: [{ name: "vm.max_map_count", value: "1" }] } } },
    "pods.broker.securityContext.sysctls[0].name",
    "net.ipv4.tcp_keepalive_time",
  ],
  [{ broker: { resources: { limits: { memory: "2Gi" } } } }, "pods.broker.resources.limits.memory", "kafka.resources"],
  [{ job: { resources: { requests: { cpu: "1" } } } }, "pods.job.resources.requests.cpu", "operations.resources"],
  // What Kubernetes would refuse only when the pod is created.
  ...(
    [
      [{ ports: [{ containerPort: 5, name: "-a" }] }, "ports[0].name", "the name of a port"],
      [{ ports: [{ containerPort: 5, name: "80" }] }, "ports[0].name", "the name of a port"],
      [{ livenessProbe: {} }, "livenessProbe", "must have one of exec, httpGet, tcpSocket, grpc; it has none"],
      [{ livenessProbe: { httpGet: { port: 0 } } }, "livenessProbe.httpGet.port", "a port or its name"],
      [{ livenessProbe: { httpGet: { port: 65_536 } } }, "livenessProbe.httpGet.port", "a port or its name"],
      [
        { startupProbe: { tcpSocket: { port: 1 }, exec: { command: ["a"] } } },
        "startupProbe",
        "it has exec and tcpSocket",
      ],
      [
        { livenessProbe: { tcpSocket: { port: 1 }, successThreshold: 2 } },
        "livenessProbe.successThreshold",
        "from 1 to 1",
      ],
      [
        { readinessProbe: { tcpSocket: { port: 1 }, terminationGracePeriodSeconds: 2 } },
        "readinessProbe.terminationGracePeriodSeconds",
        "is unknown",
      ],
      [{ lifecycle: { preStop: {} } }, "lifecycle.preStop", "must have one of exec, httpGet, tcpSocket, sleep"],
      [{ image: "Tool" }, "image", "the name of an image"],
      [{ image: "tool:" }, "image", "the name of an image"],
      [{ image: "tool@sha256:12" }, "image", "the name of an image"],
      [{ resources: { limits: { memory: "1ki" } } }, "resources.limits.memory", "a quantity"],
      [{ resources: { requests: { cpu: "2" }, limits: { cpu: "1500m" } } }, "resources", "more cpu than its limit"],
      [{ resources: { limits: { "example.com/gpu": "1.5" } } }, "resources", "comes in whole numbers"],
      [{ resources: { requests: { "example.com/gpu": "1" } } }, "resources", "needs the same limit"],
      [
        { env: [{ name: "A", valueFrom: { secretKeyRef: { key: "a" } } }] },
        "env[0].valueFrom.secretKeyRef.name",
        "is missing",
      ],
      [{ volumeMounts: [{ name: "v", mountPath: "/..", readOnly: true }] }, "volumeMounts[0].mountPath", "without .."],
      [{ volumeMounts: [{ name: "v", mountPath: "/a", subPath: "/b" }] }, "volumeMounts[0].subPath", "a relative path"],
      [{ volumeMounts: [{ name: "v", mountPath: "/a", subPath: "b/../c" }] }, "volumeMounts[0].subPath", "without .."],
    ] as const
  ).map(
    ([fields, key, says]) =>
      [
        { broker: { volumes: [{ name: "v", emptyDir: {} }], sidecars: [{ name: "a", image: "a", ...fields }] } },
        `pods.broker.sidecars[0].${key}`,
        says,
      ] as const,
  ),
  [
    { all: { initContainers: [{ name: "a", image: "a", livenessProbe: { tcpSocket: { port: 1 } }, lifecycle: {} }] } },
    "pods.all.initContainers[0]",
    "has livenessProbe and lifecycle, which is for containers that keep running",
  ],
  ...(
    [
      [{ operator: "In" }, "has no values, which operator In needs"],
      [{ operator: "NotIn", values: [] }, "has no values"],
      [{ operator: "Exists", values: ["a"] }, "has values, which operator Exists does not take"],
      [{ operator: "Gt", values: ["a"] }, "has one whole number"],
      [{ operator: "Lt", values: ["1", "2"] }, "has one whole number"],
    ] as const
  ).map(
    ([expression, says]) =>
      [
        {
          broker: {
            affinity: {
              nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: {
                  nodeSelectorTerms: [{ matchExpressions: [{ key: "a", ...expression }] }],
                },
              },
            },
          },
        },
        "pods.broker.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0]",
        says,
      ] as const,
  ),
  [
    {
      broker: {
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } },
      },
    },
    "pods.broker.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms",
    "at least one term",
  ],
  [{ all: { hostAliases: [{ ip: "kafka", hostnames: ["a"] }] } }, "pods.all.hostAliases[0].ip", "an IP address"],
  [{ all: { hostAliases: [{ ip: "10.0.0.1", hostnames: [] }] } }, "pods.all.hostAliases[0].hostnames", "host names"],
  [{ all: { dnsConfig: { nameservers: ["dns"] } } }, "pods.all.dnsConfig.nameservers[0]", "an IP address"],
  [
    { broker: { volumes: [{ name: "v", projected: { sources: [{}] } }] } },
    "pods.broker.volumes[0].projected.sources[0]",
    "must have one of configMap, secret",
  ],
  [
    { broker: { volumes: [{ name: "v", configMap: { name: "a", items: [{ key: "a", path: "../b" }] } }] } },
    "pods.broker.volumes[0].configMap.items[0].path",
    "a relative path without ..",
  ],
  [
    { broker: { volumes: [{ name: "v", secret: { secretName: "a..b" } }] } },
    "pods.broker.volumes[0].secret.secretName",
    "the name of an object",
  ],
  [{ zookeeper: {} }, "pods.zookeeper", "has no effect"],
];
