import * as pulumi from "@pulumi/pulumi";
import type { Refused } from "../kafka/setting-refusals";
import { isWithin, oddNumber, wholeNumber } from "../kubernetes/bounds";
import { formatPath, type Path, refusal } from "../kubernetes/problems";

/** Collects everything that is wrong with arguments, to report all of it at once. */
export class Refusals {
  readonly #all: { readonly propertyPath: string; readonly reason: string }[] = [];

  /** Records a value that is not allowed. @returns whether it is allowed; a missing one is */
  check<Value>(at: Path, value: Value | undefined, isFine: (value: Value) => boolean, allowed: string): boolean {
    if (value === undefined || isFine(value)) return true;
    this.say(at, refusal(value, allowed));
    return false;
  }

  /** Records a value that is not a whole number within bounds. */
  whole(at: Path, value: number | undefined, bounds: readonly [number, number]): boolean {
    return this.check(at, value, (number) => isWithin(number, bounds), wholeNumber(...bounds));
  }

  /** Records a value that is not an odd number within bounds. */
  odd(at: Path, value: number | undefined, bounds: readonly [number, number]): boolean {
    return this.check(at, value, (number) => isWithin(number, bounds) && number % 2 === 1, oddNumber(...bounds));
  }

  /** Records text that does not have a form. */
  form(at: Path, value: string | undefined, [form, allowed]: readonly [RegExp, string]): boolean {
    return this.check(at, value, (text) => typeof text === "string" && form.test(text), allowed);
  }

  /** Records a sentence. */
  say(at: Path, reason: string): void {
    this.#all.push({ propertyPath: formatPath(at), reason });
  }

  /** Records what a rule refuses. @param valueAt reads the value at a path, written or default */
  tell(found: Iterable<Refused>, valueAt: (at: Path) => unknown): void {
    for (const one of found) {
      if ("sentence" in one) {
        this.say(one.at, one.sentence);
        continue;
      }
      const value = valueAt(one.at);
      this.say(one.at, value === undefined ? `is missing; allowed is ${one.allowed}` : refusal(value, one.allowed));
    }
  }

  /** @throws InputPropertiesError with everything that was recorded, if anything was */
  raise(what: string): void {
    const [first, ...more] = this.#all.map(({ propertyPath, reason }) => `${propertyPath}: ${reason}`);
    if (first === undefined) return;
    const message =
      more.length === 0 ? `${what} is refused: ${first}` : `${what} is refused:\n- ${[first, ...more].join("\n- ")}`;
    throw new pulumi.InputPropertiesError({ message, errors: this.#all });
  }
}
