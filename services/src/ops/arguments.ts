import { InvalidArgumentError, Option } from "commander";

/** Brokers in a range of ids: a mistyped range must not exhaust memory. */
const MOST_IDS = 10_000;

/** An option for ids and ranges of ids, separated by commas. */
export function brokerList(flags: string, description: string): Option {
  return new Option(flags, `${description}, such as 0,1,2 or 0-2`).argParser((text: string) => {
    if (!/^\d{1,9}(-\d{1,9})?(,\d{1,9}(-\d{1,9})?)*$/.test(text))
      throw new InvalidArgumentError("It must be ids or ranges of ids, separated by commas, such as 0,1,2 or 0-2.");
    const ids = text.split(",").flatMap((part) => {
      const [first = 0, last = first] = part.split("-").map(Number);
      if (last < first || last - first >= MOST_IDS)
        throw new InvalidArgumentError(
          `${part} must go from a lower id to a higher one, over at most ${MOST_IDS} ids.`,
        );
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
    return [...new Set(ids)];
  });
}

/** Parses a whole number within inclusive bounds. */
export function number(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}
