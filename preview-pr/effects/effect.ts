import { display, kubernetesResource, type KubernetesResource, Value } from "../../policy/model";
import { contains, type Path, reveal } from "kafka-stack-engine";
import { kindOf, type ResourceChange, resourceOf } from "../changes";
import type { RecordedResource } from "../recorder";

/** Something that a change does beyond changing resources. */
export interface Effect {
  /** What it happens to: `StatefulSet kafka/broker`. */
  readonly subject: string;
  /** What happens, as the end of a sentence that begins with the subject. */
  readonly text: string;
}

/** A change of a Kubernetes object, or of a Helm chart. */
export interface ObjectChange {
  readonly change: ResourceChange;
  /** The object as it was; undefined when it is new. */
  readonly before: KubernetesResource | undefined;
  /** The object as it will be; undefined when it is deleted. */
  readonly after: KubernetesResource | undefined;
  /** `StatefulSet kafka/broker`. */
  readonly subject: string;
  readonly kind: string;
}

/** The changes of Kubernetes objects among all changes. */
export function objectChanges(changes: readonly ResourceChange[]): ObjectChange[] {
  return changes.flatMap((change) => {
    const before = "before" in change ? objectOf(change.before) : undefined;
    const after = "after" in change ? objectOf(change.after) : undefined;
    const object = after ?? before;
    return object === undefined
      ? []
      : [{ change, before, after, subject: display(object), kind: kindOf(resourceOf(change)) }];
  });
}

/** A resource as a Kubernetes object; undefined when it is none. */
export function objectOf(resource: RecordedResource): KubernetesResource | undefined {
  return kubernetesResource({ ...resource, props: reveal(resource.inputs) });
}

/** A property before and after. */
export function values(
  { before, after }: ObjectChange,
  ...path: readonly (string | number)[]
): { was: Value; is: Value; changed: boolean } {
  const was = before?.properties.at(...path) ?? Value.of(undefined);
  const is = after?.properties.at(...path) ?? Value.of(undefined);
  return { was, is, changed: was.scalar !== is.scalar };
}

/** True when something at or below a path differs. */
export function touches({ change }: ObjectChange, ...path: Path): boolean {
  return "properties" in change && change.properties.some((property) => contains(path, property.path));
}

/** Each effect once. */
export function distinct(effects: readonly Effect[]): Effect[] {
  return [...new Map(effects.map((effect) => [`${effect.subject}\n${effect.text}`, effect])).values()];
}
