import { filled, list, object, oneOf, text, whole } from "../shape";
import { counted, key, labelSelector, labelValue, texts } from "./forms";

const nodeTerm = object({
  matchExpressions: list(
    object(
      { "key!": key, "operator!": oneOf("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"), values: texts },
      {},
      counted,
    ),
    "a list of expressions",
  ),
  matchFields: list(
    object({ "key!": text(), "operator!": oneOf("In", "NotIn"), values: texts }, {}, counted),
    "a list of expressions",
  ),
});
const podTerm = object({
  "topologyKey!": key,
  labelSelector,
  namespaces: texts,
  namespaceSelector: labelSelector,
  matchLabelKeys: texts,
  mismatchLabelKeys: texts,
});
const weight = whole(1, 100);
const podAffinity = object({
  requiredDuringSchedulingIgnoredDuringExecution: list(podTerm, "a list of terms"),
  preferredDuringSchedulingIgnoredDuringExecution: list(
    object({ "weight!": weight, "podAffinityTerm!": podTerm }),
    "a list of weighted terms",
  ),
});

/** On which nodes, and beside which pods, a pod may run. */
export const affinity = object({
  nodeAffinity: object({
    requiredDuringSchedulingIgnoredDuringExecution: object({
      "nodeSelectorTerms!": filled(nodeTerm, "a list of at least one term"),
    }),
    preferredDuringSchedulingIgnoredDuringExecution: list(
      object({ "weight!": weight, "preference!": nodeTerm }),
      "a list of weighted terms",
    ),
  }),
  podAffinity,
  podAntiAffinity: podAffinity,
});

/** Taints of nodes that a pod tolerates. */
export const tolerations = list(
  object({
    key,
    operator: oneOf("Equal", "Exists"),
    value: labelValue,
    effect: oneOf("NoSchedule", "PreferNoSchedule", "NoExecute"),
    tolerationSeconds: whole(0, 2 ** 31),
  }),
  "a list of tolerations",
);

/** How evenly pods are spread. */
export const topologySpreadConstraints = list(
  object({
    "maxSkew!": whole(1, 1000),
    "topologyKey!": key,
    "whenUnsatisfiable!": oneOf("DoNotSchedule", "ScheduleAnyway"),
    labelSelector,
    matchLabelKeys: texts,
    minDomains: whole(1, 1000),
    nodeAffinityPolicy: oneOf("Honor", "Ignore"),
    nodeTaintsPolicy: oneOf("Honor", "Ignore"),
  }),
  "a list of constraints",
);
