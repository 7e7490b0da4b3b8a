/** What a preview knows of an object's outputs. */
import { equal, isObject, isSecret, secret, UNKNOWN, type PropertyMap, type Value } from "../values";
import { metadataOf } from "./object";

/** The outputs in a preview: the program's values are known. The server's additions are unknown, unless they exist already and would stay. */
export function unknownBeyond(inputs: PropertyMap, dryRun: PropertyMap, old: PropertyMap | undefined): PropertyMap {
  const outputs = merge(inputs, dryRun, old) as PropertyMap;
  const metadata = { ...metadataOf(outputs) };
  for (const key of ["resourceVersion", "generation", ...(old === undefined ? ["uid", "creationTimestamp"] : [])]) {
    metadata[key] = UNKNOWN;
  }
  return { ...outputs, metadata, status: UNKNOWN };
}

function merge(input: Value | undefined, dryRun: Value | undefined, old: Value | undefined): Value {
  if (input !== undefined && isSecret(input)) {
    return input;
  }
  if (dryRun !== undefined && isSecret(dryRun)) {
    return old !== undefined && equal(dryRun, old) ? dryRun : secret(UNKNOWN);
  }
  if (isObject(dryRun) || isObject(input)) {
    const mine = isObject(input) ? input : {};
    const served = isObject(dryRun) ? dryRun : {};
    const before = isObject(old) ? old : {};
    return Object.fromEntries(
      [...new Set([...Object.keys(mine), ...Object.keys(served)])].map((key) => [
        key,
        merge(mine[key], served[key], before[key]),
      ]),
    );
  }
  if (input !== undefined) {
    return input;
  }
  return dryRun !== undefined && old !== undefined && equal(dryRun, old) ? dryRun : UNKNOWN;
}
