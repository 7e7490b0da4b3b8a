import * as rules from "../rules/resources";
import { deployment, job, statefulSet, unknown } from "./builders";
import { expectations, fails, passes, waits } from "./expectations";

const sidecar = { name: "init", image: "init:1", resources: { limits: { memory: "1Gi" } } };

expectations(
  rules.containerRequestsSet,
  fails(
    "without a CPU request",
    statefulSet({ container: { resources: { requests: { cpu: undefined } } } }),
    /^StatefulSet kafka\/broker: container main requests no cpu$/,
  ),
  fails(
    "for an init container without requests",
    job({ pod: { initContainers: [sidecar] } }),
    /container init requests no cpu and no memory/,
  ),
  passes("with both", deployment()),
  waits("the requests are unknown", statefulSet({ container: { resources: { requests: unknown } } })),
);

expectations(
  rules.containerMemoryLimitSet,
  fails(
    "without a memory limit",
    deployment({ container: { resources: { limits: { memory: undefined } } } }),
    /container main has no memory limit/,
  ),
  fails(
    "without any resources",
    job({ container: { resources: undefined } }),
    /Job kafka\/topics: container main has no memory limit/,
  ),
  passes("with a limit", statefulSet()),
  waits("the limit is unknown", statefulSet({ container: { resources: { limits: { memory: unknown } } } })),
);

expectations(
  rules.containerLimitsWithinMaximum,
  fails(
    "with a limit that is a slip of the unit",
    statefulSet({ container: { resources: { limits: { memory: "2Ti" } } } }),
    /resources.limits.memory is 2Ti, more than 32Gi/,
  ),
  fails(
    "with a request above the configured maximum",
    deployment({ container: { resources: { requests: { cpu: 2 } } } }),
    /resources.requests.cpu is 2, more than 1500m/,
    { maxCpu: "1500m" },
  ),
  passes("at the maximum", statefulSet({ container: { resources: { limits: { memory: "2048Mi" } } } }), {
    maxMemory: "2Gi",
  }),
  waits("the limit is unknown", statefulSet({ container: { resources: { limits: { memory: unknown } } } })),
);

expectations(
  rules.jvmHeapWithinMemoryLimit,
  fails(
    "with a heap of three quarters of the limit",
    statefulSet({ container: { env: [{ name: "KAFKA_HEAP_OPTS", value: "-Xms1g -Xmx1536m" }] } }),
    /the heap is 75 % of the memory limit 2Gi, more than 60 %/,
  ),
  fails(
    "with a share set on the command line",
    deployment({ container: { args: ["java", "-XX:MaxRAMPercentage=80.0", "-jar", "app.jar"] } }),
    /the heap is 80 % of the memory limit/,
  ),
  passes("at the configured share", statefulSet(), { maxHeapPercent: 50 }),
  passes(
    "as the last -Xmx counts",
    statefulSet({ container: { env: [{ name: "JAVA_TOOL_OPTIONS", value: "-Xmx2g -Xmx1g" }] } }),
  ),
  waits("the options are unknown", statefulSet({ container: { env: [{ name: "KAFKA_HEAP_OPTS", value: unknown }] } })),
  waits("the limit is unknown", statefulSet({ container: { resources: { limits: { memory: unknown } } } })),
);

expectations(
  rules.containerEphemeralStorageLimitSet,
  fails(
    "without a limit",
    statefulSet({ container: { resources: { limits: { "ephemeral-storage": undefined } } } }),
    /container main has no limit for ephemeral storage/,
  ),
  fails(
    "for an init container",
    job({ pod: { initContainers: [sidecar] } }),
    /container init has no limit for ephemeral storage/,
  ),
  passes("with a limit", deployment()),
  waits("the limits are unknown", statefulSet({ container: { resources: { limits: unknown } } })),
);

expectations(
  rules.jobDeadlineSet,
  fails("without a deadline", job({ spec: { activeDeadlineSeconds: undefined } }), /: activeDeadlineSeconds not set$/),
  fails("with a time to live", job({ spec: { ttlSecondsAfterFinished: 60 } }), /ttlSecondsAfterFinished set/),
  passes("with a deadline", job()),
  passes("what is no Job", statefulSet()),
  waits("the deadline is unknown", job({ spec: { activeDeadlineSeconds: unknown } })),
);
