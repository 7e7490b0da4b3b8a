import { z } from "zod";
import { OVERLAY } from "../components/pods/fields";
import { fieldOf, type Shape } from "../components/pods/shape";
import { booleanFromText, numberFromText, textFromNumber } from "./values";

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  labels: "Labels of the pods. Those that the stack's selectors use are refused.",
  annotations: "Annotations of the pods.",
  tolerations: "Taints of nodes that no longer keep the pods away.",
  nodeSelector: "Labels that a node must have.",
  affinity: "Node and pod affinity, besides the stack's own spreading (`scheduling`).",
  topologySpreadConstraints:
    "Spreading over zones and the like. Without a `labelSelector` an entry counts the pods of the same kind.",
  priorityClassName: "PriorityClass. Default: the cluster's default class.",
  runtimeClassName: "RuntimeClass. Default: that of the nodes.",
  serviceAccountName:
    "ServiceAccount of the namespace. Its token is mounted by a projected volume only. Default: `default`, and for brokers that know their zone the stack's own.",
  imagePullSecrets: "Secrets of the namespace with which images are pulled, besides the stack's own.",
  imagePullPolicy: "When nodes pull the stack's images. Default: IfNotPresent, for images by digest.",
  env: "Further environment variables of the stack's container.",
  volumes: "Further volumes, of the types that the PodSecurity standard `restricted` allows.",
  volumeMounts: "Where the stack's container mounts these volumes.",
  initContainers: "Containers that run before the stack's; with `restartPolicy: Always` also beside it.",
  sidecars: "Containers beside the stack's. Refused for `all` and `job`, because a Job does not end before they do.",
  dnsConfig: "Name servers, search domains and resolver options besides the cluster's.",
  hostAliases: "Lines of /etc/hosts.",
  securityContext: "Security settings of the pod that `restricted` leaves open.",
  terminationGracePeriodSeconds:
    "Seconds for a clean stop, at least the default: 30, and for brokers and controllers `kafka.terminationGracePeriodSeconds`.",
  probes: "Timing of the probes of the stack's container: `startup`, `readiness` and `liveness`.",
  resources:
    "Requests and limits of the stack's container besides CPU, memory and ephemeral storage, which have their own keys.",
};

/** Accepts any value here. The components check it and explain a refusal, in the same way for their arguments (`config/rules/pods.ts`). */
const field = (name: string, { allowed }: Shape) =>
  z
    .unknown()
    .exactOptional()
    .meta({ description: DESCRIPTIONS[name] ?? "", allowed });

const overlay = z.looseObject(
  Object.fromEntries(Object.entries(OVERLAY.fields).map(([name, shape]) => [name, field(name, shape)])),
  "a map of fields of pods",
);

/** Text for numbers where Kubernetes wants text, because `pulumi config set` and YAML make numbers of it, and the reverse. */
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

/** The overlays of pods, by kind. */
export const pods = z
  .strictObject(
    {
      all: kind("The overlay of every kind's pods, before the kind's own."),
      broker: kind("Brokers."),
      controller: kind("Controllers in their own pods."),
      zookeeper: kind("ZooKeeper servers."),
      kproducer: kind("kproducer."),
      kconsumer: kind("kconsumer."),
      job: kind("The pods of Jobs, and of commands of `ops`."),
    },
    "all, broker, controller, zookeeper, kproducer, kconsumer and job",
  )
  .prefault({});
