import { InvalidArgumentError, Option } from "commander";

/** An option that takes ids separated by commas. */
export function brokerList(flags: string, description: string): Option {
  return new Option(flags, `${description}, such as 0,1,2`).argParser((text: string) => {
    if (!/^\d{1,9}(,\d{1,9})*$/.test(text))
      throw new InvalidArgumentError("It must be ids separated by commas, such as 0,1,2.");
    return [...new Set(text.split(",").map(Number))];
  });
}

/** Reads a whole number within bounds, both included. */
export function number(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}
