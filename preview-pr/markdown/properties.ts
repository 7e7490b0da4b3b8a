import { type Change, formatPath, redact, type Value } from "kafka-stack-engine";
import { diffLines } from "./text-diff";

/** How much of a value is shown, in characters. */
const maxValueLength = 160;
/** How many differing lines of a text are shown. */
const maxLines = 40;

/** What differs in a resource, as lines of a `diff` block. */
export function propertyLines(properties: readonly Change[]): string[] {
  return properties.flatMap(propertyDiff);
}

function propertyDiff({ path, old, new: now, secret }: Change): string[] {
  const name = formatPath(path);
  if (secret) {
    return [`! ${name}: (secret)`];
  }
  if (typeof old === "string" && typeof now === "string" && (old + now).includes("\n")) {
    const lines = diffLines(old, now);
    const shown = lines.slice(0, maxLines).map((line) => `${line.slice(0, 2)}  ${line.slice(2)}`);
    return [
      `! ${name}:`,
      ...shown,
      ...(lines.length > maxLines ? [`!   … ${lines.length - maxLines} lines more`] : []),
    ];
  }
  return [
    ...(old === undefined ? [] : [`- ${name}: ${show(old)}`]),
    ...(now === undefined ? [] : [`+ ${name}: ${show(now)}`]),
  ];
}

/** A value on one line, truncated when it is long. */
function show(value: Value): string {
  const text = JSON.stringify(redact(value));
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text;
}
