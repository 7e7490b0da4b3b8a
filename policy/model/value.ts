import { runtime } from "@pulumi/pulumi";

/**
 * A property of a resource, as a policy may see it: present, missing, or unknown.
 *
 * During a preview a property can depend on something that does not exist yet. The Pulumi policy SDK throws when such a
 * property is read, which would end the policy for the whole resource. A `Value` instead remembers that it is unknown,
 * so that a policy can check what is known and leave the rest to the update, where nothing is unknown.
 */
export class Value {
  private constructor(
    private readonly raw: unknown,
    /** True when the value will only be known once something else exists. Nothing may be concluded from it. */
    readonly unknown: boolean,
  ) {}

  /** Wraps plain data, or the properties that the Pulumi policy SDK hands to a policy. */
  static of(raw: unknown): Value {
    return new Value(raw, false);
  }

  /** The property at the end of `path`; unknown when any step on the way is unknown. */
  at(...path: readonly (string | number)[]): Value {
    return path.reduce<Value>((value, key) => value.child(key), this);
  }

  /** True only when the value is certain not to be there. An unknown value is not missing. */
  get missing(): boolean {
    return !this.unknown && (this.raw === undefined || this.raw === null);
  }

  /** The string, or undefined when it is missing, unknown or not a string. */
  get text(): string | undefined {
    return typeof this.raw === "string" ? this.raw : undefined;
  }

  /** The number, or undefined when it is missing, unknown or not a number. */
  get number(): number | undefined {
    return typeof this.raw === "number" ? this.raw : undefined;
  }

  /** The string, number or boolean, or undefined when it is missing, unknown, a list or an object. */
  get scalar(): string | number | boolean | undefined {
    const { raw } = this;
    return typeof raw === "string" || typeof raw === "number" || typeof raw === "boolean" ? raw : undefined;
  }

  /** True when the value is known and is one of `allowed`. */
  is(...allowed: readonly (string | number | boolean)[]): boolean {
    return allowed.some((value) => value === this.scalar);
  }

  /** True when the value is certain to be none of `allowed`; a missing value is none of them. */
  isNot(...allowed: readonly (string | number | boolean)[]): boolean {
    return !this.unknown && !this.is(...allowed);
  }

  /** The elements of a list; empty when it is missing, unknown or not a list. */
  items(): Value[] {
    // Not `map`: it would read the elements itself, and the SDK throws at the first unknown one.
    return Array.isArray(this.raw) ? Array.from({ length: this.raw.length }, (_, index) => this.child(index)) : [];
  }

  /** The keys and values of an object; empty when it is missing, unknown or not an object. */
  entries(): [string, Value][] {
    return isObject(this.raw) ? Object.keys(this.raw).map((key) => [key, this.child(key)]) : [];
  }

  private child(key: string | number): Value {
    if (this.unknown || !isObject(this.raw)) {
      return new Value(undefined, this.unknown);
    }
    try {
      const raw = (this.raw as Record<string | number, unknown>)[key];
      return raw === runtime.unknownValue ? new Value(undefined, true) : new Value(raw, false);
    } catch {
      // Reading plain data cannot fail; only the SDK's guard around an unknown value throws.
      return new Value(undefined, true);
    }
  }
}

/** False only when something in `part` is certain not to be in `whole`. Lists must be of one length. */
export function mayCover(whole: Value, part: Value): boolean {
  if (whole.unknown || part.unknown || part.missing) {
    return true;
  }
  if (part.scalar !== undefined) {
    return whole.is(part.scalar);
  }
  return (
    whole.items().length === part.items().length &&
    part.entries().every(([key, value]) => mayCover(whole.at(key), value))
  );
}

function isObject(raw: unknown): raw is object {
  return typeof raw === "object" && raw !== null;
}
