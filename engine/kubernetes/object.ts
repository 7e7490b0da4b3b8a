/** Kubernetes objects as inputs and outputs of resources. */
import { createHash } from "node:crypto";
import type { Subject } from "../provider";
import type { ResourceState } from "../state";
import { isObject, markSecretsLike, reveal, secret, type PropertyMap, type Value } from "../values";
import type { KubeObject } from "./client";

/** The annotation of objects whose name the provider generated. */
export const AUTONAMED = "pulumi.com/autonamed";

/** The object's API version and kind: from its inputs or its type, `kubernetes:apps/v1:Deployment`. */
export function typeOf(subject: Subject, inputs: PropertyMap): { apiVersion: string; kind: string } {
  const [, group, kind] = subject.type.split(":");
  const fromType = (group ?? "").replace(/^core\//, "");
  return {
    apiVersion: typeof inputs["apiVersion"] === "string" ? inputs["apiVersion"] : fromType,
    kind: typeof inputs["kind"] === "string" ? inputs["kind"] : (kind ?? ""),
  };
}

/** The object to send, without secret marks and nulls. */
export function objectOf(inputs: PropertyMap): KubeObject {
  return withoutNulls(reveal(inputs)) as unknown as KubeObject;
}

function withoutNulls(value: Value): Value {
  if (Array.isArray(value)) {
    return value.map(withoutNulls);
  }
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== null)
        .map(([key, item]) => [key, withoutNulls(item)]),
    );
  }
  return value;
}

/** The metadata in a resource's properties. */
export function metadataOf(inputs: PropertyMap): PropertyMap {
  return isObject(inputs["metadata"]) ? inputs["metadata"] : {};
}

/** The annotations in a resource's properties. */
export function annotationsOf(inputs: PropertyMap): Record<string, string> {
  const annotations = metadataOf(inputs)["annotations"];
  return isObject(annotations) ? (reveal(annotations) as Record<string, string>) : {};
}

/** The name that the provider generated for a resource; `undefined` when the program named it. */
export function autonameOf(old: ResourceState | undefined): string | undefined {
  if (old === undefined || annotationsOf(old.inputs)[AUTONAMED] !== "true") {
    return undefined;
  }
  const name = metadataOf(old.inputs)["name"];
  return typeof name === "string" ? name : undefined;
}

/** Whether two versions of an object have the same name, so that they cannot exist beside each other. */
export function sameName(old: PropertyMap, inputs: PropertyMap): boolean {
  const before = metadataOf(old);
  const after = metadataOf(inputs);
  return before["name"] === after["name"] && before["namespace"] === after["namespace"];
}

/** Eight characters, new in each run: a replacement needs another name. */
export function randomSuffix(urn: string): string {
  return createHash("sha256").update(`${urn}${Date.now()}${process.pid}`).digest("hex").slice(0, 8);
}

/** The resource's id: `namespace/name` or `name`. */
export function idOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The last seen uid of an object. */
export function uidOf(old: ResourceState): string | undefined {
  const uid = metadataOf(old.outputs)["uid"];
  return typeof uid === "string" ? uid : undefined;
}

/** The live object without the server's bookkeeping, with secrets marked. */
export function outputsOf(live: KubeObject, inputs: PropertyMap): PropertyMap {
  const metadata = { ...live.metadata };
  delete metadata.managedFields;
  const outputs = { ...live, metadata } as unknown as PropertyMap;
  if (live.kind === "Secret" && live.apiVersion === "v1") {
    for (const key of ["data", "stringData"]) {
      if (outputs[key] !== undefined) {
        outputs[key] = secret(outputs[key] ?? null);
      }
    }
  }
  return markSecretsLike(outputs, inputs) as PropertyMap;
}

/** The object's own wait limit, in seconds. */
export function annotatedTimeout(object: KubeObject): number | undefined {
  const value = object.metadata.annotations?.["pulumi.com/timeoutSeconds"];
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}
