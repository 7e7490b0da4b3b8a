import { list, map, object, oneOf, text, whole } from "../shape";

/** A name without dots. */
export const name = text(
  "a name of the characters a-z 0-9 - (at most 63), beginning and ending with a-z or 0-9",
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
);
/** Names of most objects, which may contain dots. */
export const objectName = text("the name of an object: a-z 0-9 - and dots", /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);
/** The key of a label or an annotation. */
export const key = text(
  "a key such as team or example.com/team",
  /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
);
/** The value of a label. */
export const labelValue = text(
  "the value of a label: at most 63 of the characters A-Z a-z 0-9 - _ .",
  /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/,
);
/** Text, which may be empty. */
export const anyText = text("text", /^[^]*$/);
/** A path in a container. */
export const path = text("an absolute path without ..", /^\/(?!.*(^|\/)\.\.(\/|$))[^:]*$/);
/** A quantity. */
export const quantity = text("a quantity such as 500m, 2 or 1Gi", /^\d+(\.\d+)?(m|[kMGTPE]i?|Ki)?$/);
/** A duration in seconds. */
export const seconds = whole(1, 86_400);
/** Permissions of a file. */
export const mode = whole(0, 0o777);
/** A port or its name. */
export const port = { ...text("a port or its name", /^[a-z0-9-]{1,15}$/), orNumber: true };
/** Words of a command, or names. */
export const texts = list(anyText, "a list of texts");

/** Labels. */
export const labels = map(labelValue, "a map of labels", key);
/** Which pods are meant, by their labels. */
export const labelSelector = object({
  matchLabels: labels,
  matchExpressions: list(
    object({ "key!": key, "operator!": oneOf("In", "NotIn", "Exists", "DoesNotExist"), values: texts }),
    "a list of expressions",
  ),
});
/** What a container is given. */
export const resources = object({
  requests: map(quantity, "a map of quantities"),
  limits: map(quantity, "a map of quantities"),
});

/** Why a field is refused that Kubernetes would take. */
export const RESTRICTED = "the PodSecurity standard `restricted` refuses it";

/** A user or a group. */
export const id = whole(1, 2 ** 31 - 1);

/** A part of the pod, or of a container, as a value. */
export const fieldRefs = {
  fieldRef: object({ "fieldPath!": text(), apiVersion: text() }),
  resourceFieldRef: object({ "resource!": text(), containerName: name, divisor: quantity }),
};
