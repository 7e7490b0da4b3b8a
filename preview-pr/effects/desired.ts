import type { KubernetesResource } from "../../policy/model";
import { type DesiredState, parseDesiredState } from "../../services/src/ops/desired-state";
import type { Effect, ObjectChange } from "./effect";

/** What the Jobs around a change of the servers do to data, according to the document with the desired state. */
export function desiredEffects(change: ObjectChange): Effect[] {
  const found = documents(change);
  if (found === undefined) return [];
  if (found === "unreadable") {
    const which = desiredState(change.before) === "unreadable" ? "before" : "after";
    return [
      {
        subject: "brokers and controllers",
        text: `may be emptied before they go: what the Jobs shall bring about ${which} the change is written in another version's form, and cannot be compared`,
      },
    ];
  }
  const { was, is } = found;
  const gone = (old: readonly number[] = [], now: readonly number[] = old) => old.filter((id) => !now.includes(id));
  return [
    ...gone(was.brokers, is.brokers).map((id) => ({
      subject: `broker ${id}`,
      text: "is emptied before it goes: what it holds is copied to the others",
    })),
    ...gone(is.cordoned, was.cordoned ?? []).map((id) => ({
      subject: `broker ${id}`,
      text: "is cordoned: what it holds is copied to the others, and it gets no new replicas",
    })),
    ...gone(was.controllers, is.controllers).map((id) => ({
      subject: `controller ${id}`,
      text: "loses its vote before it goes",
    })),
  ];
}

/** The document before and after a change; undefined when one of the two has none. */
export function documents({
  before,
  after,
}: ObjectChange): { readonly was: DesiredState; readonly is: DesiredState } | "unreadable" | undefined {
  const [was, is] = [desiredState(before), desiredState(after)];
  if (was === undefined || is === undefined) return undefined;
  return was === "unreadable" || is === "unreadable" ? "unreadable" : { was, is };
}

/** The document in a ConfigMap; undefined when there is none, `unreadable` when it is in another version's format. */
function desiredState(object: KubernetesResource | undefined): DesiredState | "unreadable" | undefined {
  const text = object?.properties.at("data", "cluster.json").text;
  if (text === undefined) return undefined;
  try {
    return parseDesiredState(text, "cluster.json");
  } catch {
    return "unreadable";
  }
}
