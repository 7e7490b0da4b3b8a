import { all, any, type Answer, not } from "./answer";
import type { Value } from "./value";

/** Whether a label selector selects an object with these labels. An empty selector selects everything, as in Kubernetes. */
export function selects(selector: Value, labels: Value): Answer {
  const expressions = selector.at("matchExpressions");
  return all(
    haveLabels(labels, selector.at("matchLabels")),
    expressions.unknown ? undefined : true,
    ...expressions.items().map((expression) => satisfies(labels, expression)),
  );
}

/** Whether `labels` include all of `wanted`. */
export function haveLabels(labels: Value, wanted: Value): Answer {
  return all(
    wanted.unknown ? undefined : true,
    ...wanted.entries().map(([key, value]) => isLabel(labels.at(key), value)),
  );
}

function satisfies(labels: Value, expression: Value): Answer {
  const key = expression.at("key").text;
  const values = expression.at("values");
  if (key === undefined || values.unknown) {
    return undefined;
  }
  const label = labels.at(key);
  const listed = any(...values.items().map((value) => isLabel(label, value)));
  const exists = label.unknown ? undefined : !label.missing;
  switch (expression.at("operator").text) {
    case "In":
      return listed;
    case "NotIn":
      return not(listed);
    case "Exists":
      return exists;
    case "DoesNotExist":
      return not(exists);
    default:
      return undefined;
  }
}

/** Whether a label has this value. */
export function isLabel(one: Value, other: Value): Answer {
  return one.unknown || other.unknown ? undefined : one.text !== undefined && one.text === other.text;
}
