import type { Refused } from "./case";

/** Bad configs by their fault. */
export const RESOURCES: Readonly<Record<string, readonly Refused[]>> = {
  "memory and CPU": [
    [{ kafka: { heap: "512" } }, "kafka.heap", "a JVM heap size"],
    [{ kafka: { heap: "1g" } }, "kafka.heap", "at most 768m, 75 % of the memory limit 1Gi"],
    [
      { kafka: { heap: "512m", resources: { requests: { memory: "512Mi" }, limits: { memory: "512Mi" } } } },
      "kafka.heap",
      "at most 384m",
    ],
    [{ controllers: { heap: "400m" } }, "controllers.heap", "controllers.resources.limits.memory"],
    [
      { kafka: { heap: "600m", resources: { limits: { memory: "512Mi" } } } },
      "kafka.heap",
      "600m is refused; allowed is at most 384m, 75 % of the memory limit 512Mi (kafka.resources.limits.memory)",
    ],
    // The limit is wrong here, not the default heap.
    [
      { kafka: { resources: { limits: { memory: "512Mi" } } } },
      "kafka.resources.limits.memory",
      "512Mi is refused; allowed is at least 683Mi, of which 512m of heap (kafka.heap, by default) are 75 %; or set kafka.heap to at most 384m",
    ],
    [
      { controllers: { dedicated: true, resources: { limits: { memory: "300Mi" } } } },
      "controllers.resources.limits.memory",
      "set controllers.heap to at most 225m",
    ],
    [
      { mode: "zookeeper", zookeeper: { resources: { limits: { memory: "128Mi" } } } },
      "zookeeper.resources.limits.memory",
      "at least 171Mi",
    ],
    [
      { kafka: { heap: "256m", resources: { limits: { memory: "4Mi" } } } },
      "kafka.resources.limits.memory",
      "at least 342Mi, of which 256m of heap (kafka.heap) are 75 %",
    ],
    [{ kafka: { heap: "1k" } }, "kafka.heap", "at least 40m"],
    [{ kafka: { heap: "40959k" } }, "kafka.heap", "at least 40m"],
    [{ controllers: { dedicated: true, heap: "27m" } }, "controllers.heap", "at least 28m"],
    [{ zookeeper: { heap: "12287k" } }, "zookeeper.heap", "at least 12m"],
    // Each would end at its start, with OutOfMemoryError.
    [
      { kafka: { heap: "150m" } },
      "kafka.heap",
      "at least 168m: a broker allocates the log cleaner's buffer of 128 MiB when it starts, and 40 MiB of a broker's heap are for the rest; or set a smaller kafka.config[\"log.cleaner.dedupe.buffer.size\"]",
    ],
    [{ kafka: { heap: "41m", config: { "log.cleaner.dedupe.buffer.size": "2097152" } } }, "kafka.heap", "at least 42m"],
    [
      { kafka: { config: { "log.cleaner.dedupe.buffer.size": 536_870_912 } } },
      'kafka.config["log.cleaner.dedupe.buffer.size"]',
      "at most 494927872: a broker allocates it when it starts, its heap is 512m",
    ],
    [
      { operations: { resources: { requests: { memory: "9Gi" } } } },
      "operations.resources.requests.memory",
      "at most 512Mi, the limit (operations.resources.limits.memory)",
    ],
    [
      { kchat: { consumer: { resources: { requests: { memory: "1Gi" } } } } },
      "kchat.consumer.resources.requests.memory",
      "at most 256Mi, the limit (kchat.consumer.resources.limits.memory)",
    ],
    [{ zookeeper: { heap: "1g" } }, "zookeeper.heap", "at most 288m"],
    [
      { kafka: { resources: { requests: { memory: "2Gi" } } } },
      "kafka.resources.requests.memory",
      "at most 1Gi, the limit",
    ],
    [
      { kafka: { resources: { requests: { cpu: "200m" }, limits: { cpu: "100m" } } } },
      "kafka.resources.requests.cpu",
      "at most 100m",
    ],
    [{ kafka: { resources: { requests: { cpu: "lots" } } } }, "kafka.resources.requests.cpu", "CPU cores such as"],
    [
      { registry: { resources: { requests: { "ephemeral-storage": "1Gi" } } } },
      "registry.resources.requests.ephemeral-storage",
      "at most 256Mi",
    ],
    [{ kafka: { terminationGracePeriodSeconds: 5 } }, "kafka.terminationGracePeriodSeconds", "from 30 to 3600"],
    // A number whose unit was forgotten, and units that are none.
    ...[
      "1",
      "512",
      "1.5",
      "1023Ki",
      "1e3",
      "0",
      "-1Gi",
      "100m",
      "3gi",
      "3GiB",
      "1e",
      "1e9Gi",
      " 3Gi",
      "8Ei",
      "9e18Gi",
      "0x10",
    ].flatMap((quantity): Refused[] => [
      [{ storage: { size: quantity } }, "storage.size", "such as 512Mi or 3Gi, at least 1Mi"],
      [{ registry: { size: quantity } }, "registry.size", "at least 1Mi"],
      [
        { kchat: { producer: { resources: { requests: { memory: quantity } } } } },
        "kchat.producer.resources.requests.memory",
        "at least 1Mi",
      ],
    ]),
    ...["0", "0m", "-1", "1.2345", "0.5m", "1e3", "1Gi", "1k", "all"].map((cpu): Refused => [
      { kafka: { resources: { requests: { cpu } } } },
      "kafka.resources.requests.cpu",
      "CPU cores",
    ]),
    // The JVM takes it, and the defaults of the component did not.
    ...["0512m", "0", "512M b", "512mb", "1.5g", "-512m"].map((heap): Refused => [
      { kafka: { heap } },
      "kafka.heap",
      "a JVM heap size",
    ]),
  ],
};
