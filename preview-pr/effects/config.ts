import {
  display,
  inOneNamespace,
  type KubernetesResource,
  type Value,
  type Workload,
  workloadOf,
} from "../../policy/model";
import type { RecordedResource } from "../recorder";
import { type Effect, type ObjectChange, objectOf, touches } from "./effect";

/** Where a pod names a ConfigMap or a Secret. */
interface Reference {
  readonly volume: readonly string[];
  readonly projected: readonly string[];
  readonly envFrom: readonly string[];
  readonly env: readonly string[];
}

const references: Readonly<Record<string, Reference>> = {
  ConfigMap: {
    volume: ["configMap", "name"],
    projected: ["configMap", "name"],
    envFrom: ["configMapRef", "name"],
    env: ["valueFrom", "configMapKeyRef", "name"],
  },
  Secret: {
    volume: ["secret", "secretName"],
    projected: ["secret", "name"],
    envFrom: ["secretRef", "name"],
    env: ["valueFrom", "secretKeyRef", "name"],
  },
};

/**
 * ConfigMaps and Secrets that change while the pods that use them do not restart: the pods keep the old content, or read
 * the new one while they run.
 */
export function configEffects(objects: readonly ObjectChange[], after: readonly RecordedResource[]): Effect[] {
  const workloads = after
    .map(objectOf)
    .map((object) => object && workloadOf(object))
    .filter((workload) => workload !== undefined);
  const restarted = new Set(
    objects.filter((object) => !("properties" in object.change) || restarts(object)).map(({ subject }) => subject),
  );
  return objects.flatMap((object) => {
    const { change, kind, after: config } = object;
    const content = ["data", "binaryData", "stringData"].some((key) => touches(object, key));
    if (config === undefined || !("properties" in change) || !content) {
      return [];
    }
    return workloads
      .filter((workload) => workload.longRunning && uses(workload, kind, config, change.after.objectName))
      .filter((workload) => !restarted.has(display(workload.resource)))
      .map((workload) => ({
        subject: display(workload.resource),
        text: `does not restart, though its ${display(config)} changes: its pods read it as they run, or at their next start`,
      }));
  });
}

function restarts(object: ObjectChange): boolean {
  return object.change.operation === "replace" || touches(object, "spec", "template");
}

function uses(workload: Workload, kind: string, config: KubernetesResource, objectName: string): boolean {
  const reference = references[kind];
  if (reference === undefined || inOneNamespace(workload.resource, config) === false) {
    return false;
  }
  const volumes = workload.pod.at("volumes").items();
  const containers = workload.containers.map(({ value }) => value);
  const inLists = (parents: readonly Value[], list: readonly string[], path: readonly string[]) =>
    parents.flatMap((parent) => parent.at(...list).items()).map((element) => element.at(...path));
  const names = [
    ...volumes.map((volume) => volume.at(...reference.volume)),
    ...inLists(volumes, ["projected", "sources"], reference.projected),
    ...inLists(containers, ["envFrom"], reference.envFrom),
    ...inLists(containers, ["env"], reference.env),
  ];
  return names.some((name) => name.is(objectName));
}
