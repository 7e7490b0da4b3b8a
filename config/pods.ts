import { z } from "zod";
import { OVERLAY } from "../components/pods/fields";
import { fieldOf, type Shape } from "../components/pods/shape";
import { booleanFromText, numberFromText, textFromNumber } from "./values";

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  labels: "Labels of the pods. Those that the stack's selectors use are refused.",
  annotations: "Annotations of the pods.",
  tolerations: "Taints of nodes that keep the pods away no more.",
  nodeSelector: "Labels that a node must have.",
  affinity: "Nodes and pods that are sought or shunned, beside the stack's own spreading (`scheduling`).",
  topologySpreadConstraints:
    "Spreading over zones and the like. Without a `labelSelector` an entry counts the pods of the same kind.",
  priorityClassName: "PriorityClass. Default: the cluster's default class.",
  runtimeClassName: "RuntimeClass. Default: that of the nodes.",
  serviceAccountName:
    "ServiceAccount of the namespace. Its token is mounted by a projected volume only. Default: `default`, and for brokers that know their zone the stack's own.",
  imagePullSecrets: "Secrets of the namespace with which images are pulled, beside the stack's own.",
  imagePullPolicy: "When nodes pull the stack's images. Default: IfNotPresent, for images by digest.",
  env: "Further environment variables of the stack's container.",
  volumes: "Further volumes, of the types that the PodSecurity standard `restricted` lets in.",
  volumeMounts: "Where the stack's container finds these volumes.",
  initContainers: "Containers that run before the stack's; with `restartPolicy: Always` beside it, too.",
  sidecars: "Containers beside the stack's. Refused for `all` and `job`, for a Job does not end before they do.",
  dnsConfig: "Name servers, search domains and resolver options beside the cluster's.",
  hostAliases: "Lines of /etc/hosts.",
  securityContext: "Security of the pod, as far as `restricted` lets it be chosen.",
  terminationGracePeriodSeconds:
    "Seconds for a clean stop, never fewer than without it. Default: 30, and for brokers and controllers `kafka.terminationGracePeriodSeconds`.",
  probes: "When the probes of the stack's container ask: `startup`, `readiness` and `liveness`.",
  resources:
    "Requests and limits of the stack's container beside CPU, memory and ephemeral storage, which have keys of their own.",
};

/** Any value here: what it may be, and why not, is told by the components, who refuse the same (`config/rules/pods.ts`). */
const field = (name: string, { allowed }: Shape) =>
  z
    .unknown()
    .exactOptional()
    .meta({ description: DESCRIPTIONS[name] ?? "", allowed });

const overlay = z.looseObject(
  Object.fromEntries(Object.entries(OVERLAY.fields).map(([name, shape]) => [name, field(name, shape)])),
  "a map of fields of pods",
);

/** Text for numbers, as `pulumi config set` and YAML make them of what is text to Kubernetes, and the other way round. */
function readAs(shape: Shape, value: unknown): unknown {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  switch (shape.is) {
    case "text":
      return shape.orNumber ? value : textFromNumber(value);
    case "number":
      return numberFromText(value);
    case "flag":
      return booleanFromText(value);
    case "list":
      return Array.isArray(value) ? value.map((one) => readAs(shape.of, one)) : value;
    case "map":
      return isMap ? mapped(value, () => shape.of) : value;
    case "object":
      return isMap ? mapped(value, (key) => fieldOf(shape, key)) : value;
  }
}

const mapped = (value: object, shapeOf: (key: string) => Shape | undefined) =>
  Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, unknown]) => {
      const shape = shapeOf(key);
      return [key, shape ? readAs(shape, one) : one];
    }),
  );

const kind = (description: string) =>
  z
    .preprocess((value) => readAs(OVERLAY, value), overlay)
    .exactOptional()
    .describe(description);

/** What is laid over the pods, by kind. */
export const pods = z
  .strictObject(
    {
      all: kind("What is laid over the pods of every kind, before the kind's own."),
      broker: kind("Brokers."),
      controller: kind("Controllers in pods of their own."),
      zookeeper: kind("ZooKeeper servers."),
      kproducer: kind("kproducer."),
      kconsumer: kind("kconsumer."),
      job: kind("The pods of Jobs, and of commands of `npm run ops`."),
    },
    "all, broker, controller, zookeeper, kproducer, kconsumer and job",
  )
  .prefault({});
