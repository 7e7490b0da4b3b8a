/** A number as people and Kafka write it: sign, digits, fraction, power of ten. */
const NUMBER = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Whether two texts are the same value of a Kafka setting. Kafka answers with its own spelling: 1.024E8 for 102400000, `true` for `TRUE`. Numbers are
 * compared exactly, however large. No run-time setting is a text for which this would be wrong.
 */
export function isSameValue(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return spelling(one) === spelling(other);
}

/** A common spelling of equal values. */
function spelling(text: string): string {
  const trimmed = text.trim();
  if (/^(true|false)$/i.test(trimmed)) return trimmed.toLowerCase();
  const match = NUMBER.exec(trimmed);
  if (match === null) return text;
  const [, sign = "", whole = "", fraction = "", power = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const exponent = Number(power) - fraction.length + (digits.length - significant.length);
  return `${sign === "-" ? "-" : ""}${significant}e${exponent}`;
}
