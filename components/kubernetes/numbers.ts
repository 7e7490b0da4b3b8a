/** Numbers as text: JavaScript's own are exact only up to 2^53. */

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * The exact value of a decimal number as plain digits, such as `20971520` for `2.097152e+07`; the same for all spellings of the number.
 *
 * @returns undefined when the text is not such a number, or its exponent has more than four digits.
 */
export function exactly(text: string): string | undefined {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = DECIMAL.exec(text) ?? [];
  if (whole === "" && fraction === "") return undefined;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  const before =
    digits
      .slice(0, Math.max(0, point))
      .padEnd(Math.max(0, point), "0")
      .replace(/^0+(?=\d)/, "") || "0";
  const after = ("0".repeat(Math.max(0, -point)) + digits.slice(Math.max(0, point))).replace(/0+$/, "");
  const number = after === "" ? before : `${before}.${after}`;
  return sign === "-" && number !== "0" ? `-${number}` : number;
}
