import { isIP } from "node:net";
import { DNS_LABEL, DNS_SUBDOMAIN, LABEL_KEY, LABEL_VALUE } from "../../kubernetes/names";
import { parseQuantity } from "../../../policy/kubernetes-facts";
import { list, map, object, oneOf, text, whole } from "../shape";

const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/;

/** A name without dots. */
export const name = text(
  "a name of the characters a-z 0-9 - (at most 63), beginning and ending with a-z or 0-9",
  DNS_LABEL,
);
/** Names of most objects, which may contain dots. */
export const objectName = text("the name of an object: a-z 0-9 - and dots", DNS_SUBDOMAIN);
/** The key of a label or an annotation. */
export const key = text("a key such as team or example.com/team", LABEL_KEY);
/** The value of a label. */
export const labelValue = text("the value of a label: at most 63 of the characters A-Z a-z 0-9 - _ .", LABEL_VALUE);
/** Text, which may be empty. */
export const anyText = text("text", /^[^]*$/);
/** A path in a container. */
export const path = text("an absolute path without ..", /^(?!.*\/\.\.(\/|$))\/[^:]*$/);
/** A quantity. */
export const quantity = text(
  "a quantity such as 500m, 2 or 1Gi",
  /^\d+(\.\d+)?(m|[kMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,3})?$/,
);
/** A duration in seconds. */
export const seconds = whole(1, 86_400);
/** Permissions of a file. */
export const mode = whole(0, 0o777);
/** A port or its name. */
export const port = { ...text("a port or its name", PORT_NAME), orNumber: true };
/** Name of a port. */
export const portName = text("the name of a port: at most 15 of the characters a-z 0-9 -", PORT_NAME);
/** An address. */
export const address = { ...text("an IP address"), fits: (value: string) => isIP(value) !== 0 };
/** A path below a directory. */
export const below = text("a relative path without ..", /^(?!\/)(?!(.*\/)?\.\.(\/|$))[^]+$/);
/** Words of a command, or names. */
export const texts = list(anyText, "a list of texts");

/** How many values an operator needs. */
export function counted({ operator, values = [] }: Readonly<Record<string, unknown>>): string | undefined {
  const count = (values as readonly unknown[]).length;
  switch (operator) {
    case "Exists":
    case "DoesNotExist":
      return count === 0 ? undefined : `has values, which operator ${operator} does not take`;
    case "Gt":
    case "Lt":
      return count === 1 && /^-?\d+$/.test(String((values as readonly unknown[])[0]))
        ? undefined
        : `has one whole number as its value with operator ${operator}`;
    default:
      return count > 0 ? undefined : `has no values, which operator ${String(operator)} needs`;
  }
}

/** Labels. */
export const labels = map(labelValue, "a map of labels", key);
/** Which pods are meant, by their labels. */
export const labelSelector = object({
  matchLabels: labels,
  matchExpressions: list(
    object({ "key!": key, "operator!": oneOf("In", "NotIn", "Exists", "DoesNotExist"), values: texts }, {}, counted),
    "a list of expressions",
  ),
});
/** Quantities that can be shared in parts, and of which a container may take more than it asks for. */
const DIVISIBLE = /^(cpu|memory|ephemeral-storage)$/;

/** Kubernetes refuses requests above their limit, and parts or overcommitment of devices and huge pages. */
function within({ requests = {}, limits = {} }: Readonly<Record<string, unknown>>): string | undefined {
  const [asked, most] = [requests, limits] as [Readonly<Record<string, string>>, Readonly<Record<string, string>>];
  for (const [name, amount] of Object.entries({ ...most, ...asked })) {
    const [request, limit] = [asked[name], most[name]].map((each) => each && parseQuantity(each));
    if (Number(request ?? 0) > Number(limit ?? Infinity)) return `asks for more ${name} than its limit`;
    if (DIVISIBLE.test(name)) continue;
    if (!Number.isInteger(parseQuantity(amount))) return `has a part of ${name}, which comes in whole numbers`;
    if (limit === undefined || (request !== undefined && request !== limit))
      return `needs the same limit as request of ${name}`;
  }
  return undefined;
}

/** What a container is given. */
export const resources = object(
  {
    requests: map(quantity, "a map of quantities"),
    limits: map(quantity, "a map of quantities"),
  },
  {},
  within,
);

/** Why a field is refused that Kubernetes would take. */
export const RESTRICTED = "the PodSecurity standard `restricted` refuses it";

/** A user or a group. */
export const id = whole(1, 2 ** 31 - 1);

/** A part of the pod, or of a container, as a value. */
export const fieldRefs = {
  fieldRef: object({ "fieldPath!": text(), apiVersion: text() }),
  resourceFieldRef: object({ "resource!": text(), containerName: name, divisor: quantity }),
};
