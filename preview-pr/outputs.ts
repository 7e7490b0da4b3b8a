import { createHash } from "node:crypto";
import { isObject, type PropertyMap, type Registration, reveal, type Value } from "kafka-stack-engine";

/**
 * What an engine would answer for a resource without asking anybody: outputs that follow from the inputs. An image's digest is a hash of its name, whose tag follows the
 * source; an object without a name has one of Pulumi's making. Reports and recordings of tests use it.
 */
export function outputsOf({ type, name, inputs }: Pick<Registration, "type" | "name" | "inputs">): PropertyMap {
  if (type === "docker:index/image:Image") {
    const imageName = typeof inputs["imageName"] === "string" ? inputs["imageName"] : name;
    return { ...inputs, repoDigest: `${imageName.replace(/:[^:/]*$/, "")}@sha256:${hash(imageName)}` };
  }
  if (!/^kubernetes:(?!helm\.sh\/)/.test(type)) {
    return inputs;
  }
  const metadata = isObject(inputs["metadata"]) ? inputs["metadata"] : {};
  const own = { ...metadata, name: metadata["name"] ?? generatedName(type, name, inputs), uid: `${name}-uid` };
  return { ...inputs, metadata: own };
}

/**
 * Stands for a name that Pulumi generates: a new one for each new object. A ConfigMap or a Secret with such a name is
 * immutable, so its name is derived from its content.
 */
function generatedName(type: string, name: string, inputs: PropertyMap): string {
  const replacedOnChange = /:(ConfigMap|Secret)$/.test(type);
  const suffix = replacedOnChange ? hash(JSON.stringify(reveal<Value>(inputs))) : hash(name);
  return `${name}-${suffix.slice(0, 8)}`;
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
