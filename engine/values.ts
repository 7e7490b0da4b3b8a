/**
 * Property values as in Pulumi's protocol: plain JSON in which well-known signatures mark secrets, unknowns and references. The engine keeps values
 * in this form everywhere, in memory and in the state file.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/properties.go
 */
import * as gstruct from "google-protobuf/google/protobuf/struct_pb";

/** Any property value. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** An object of property values. */
export type PropertyMap = Record<string, Value>;

/** The key under which the protocol marks special objects. */
export const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
/** Marks `{value}` as a secret. */
export const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const ASSET_SIGNATURE = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE_SIGNATURE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** Stands for an unknown value in a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether this is a plain object (not null, not an array). */
export function isObject(value: unknown): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function signatureOf(value: Value): Value | undefined {
  return isObject(value) ? value[SIGNATURE_KEY] : undefined;
}

/** Whether this value itself (not one inside it) is marked secret. */
export function isSecret(value: Value): value is { [key: string]: Value; value: Value } {
  return signatureOf(value) === SECRET_SIGNATURE && isObject(value) && "value" in value;
}

/** Marks a value as secret, unless it is already. */
export function secret(value: Value): Value {
  return isSecret(value) ? value : { [SIGNATURE_KEY]: SECRET_SIGNATURE, value };
}

/** A reference to a resource, which the SDK turns into the resource. */
export function resourceReference(urn: string, id: string): Value {
  return { [SIGNATURE_KEY]: RESOURCE_SIGNATURE, urn, id };
}

/** The object form of a protobuf struct. */
export function fromStruct(struct: gstruct.Struct | undefined): PropertyMap {
  return struct ? struct.toJavaScript() : {};
}

/** The protobuf form of an object. */
export function toStruct(object: PropertyMap): gstruct.Struct {
  return gstruct.Struct.fromJavaScript(object);
}

function map(value: Value, visit: (value: Value) => Value | undefined): Value {
  const replaced = visit(value);
  if (replaced !== undefined) {
    return replaced;
  }
  if (Array.isArray(value)) {
    return value.map((item) => map(item, visit));
  }
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item, visit)]));
  }
  return value;
}

/**
 * The provider's view: output values become their value (or a secret, or unknown), and resource references become ids, as the real engine does for
 * providers that do not ask for references.
 */
export function normalize<T extends Value>(value: T): T {
  return map(value, (item) => {
    const signature = signatureOf(item);
    if (!isObject(item) || signature === undefined) {
      return undefined;
    }
    if (signature === OUTPUT_SIGNATURE) {
      const inner = item["value"] === undefined ? UNKNOWN : normalize(item["value"]);
      return item["secret"] === true ? secret(inner) : inner;
    }
    if (signature === RESOURCE_SIGNATURE) {
      const id = item["id"];
      return id === undefined ? (item["urn"] ?? null) : id === "" ? UNKNOWN : id;
    }
    if (signature === SECRET_SIGNATURE && isObject(item["value"]) && signatureOf(item["value"]) === OUTPUT_SIGNATURE) {
      return secret(normalize(item["value"]));
    }
    return undefined;
  }) as T;
}

/** The value without secret marks, for an API. */
export function reveal<T extends Value>(value: T): T {
  return map(value, (item) => (isSecret(item) ? reveal(item.value) : undefined)) as T;
}

/** The value with every secret replaced by a fixed word, for people. */
export function redact<T extends Value>(value: T): T {
  return map(value, (item) => (isSecret(item) ? "[secret]" : undefined)) as T;
}

/** Whether any part is unknown. */
export function hasUnknown(value: Value): boolean {
  if (value === UNKNOWN) {
    return true;
  }
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/** Whether any part is secret. */
export function hasSecret(value: Value): boolean {
  return isSecret(value) || (typeof value === "object" && value !== null && Object.values(value).some(hasSecret));
}

/** Whether this is a file asset or an archive. */
export function isAsset(value: Value): boolean {
  const signature = signatureOf(value);
  return signature === ASSET_SIGNATURE || signature === ARCHIVE_SIGNATURE;
}

/** Marks in `outputs` what is secret at the same place in `inputs`. */
export function markSecretsLike(outputs: Value, inputs: Value): Value {
  if (isSecret(inputs)) {
    return secret(reveal(outputs));
  }
  if (Array.isArray(outputs) && Array.isArray(inputs)) {
    return outputs.map((item, index) => markSecretsLike(item, inputs[index] ?? null));
  }
  if (isObject(outputs) && isObject(inputs)) {
    return Object.fromEntries(
      Object.entries(outputs).map(([key, item]) => [key, markSecretsLike(item, inputs[key] ?? null)]),
    );
  }
  return outputs;
}

/** Whether two values are the same JSON, regardless of key order and secret marks. */
export function equal(left: Value, right: Value): boolean {
  const a = isSecret(left) ? left.value : left;
  const b = isSecret(right) ? right.value : right;
  if (a === b) {
    return true;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equal(item, b[index] ?? null));
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length && keys.every((key) => key in b && equal(a[key] ?? null, b[key] ?? null))
    );
  }
  return false;
}
