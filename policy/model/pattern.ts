/** True when `text` matches `pattern`, in which `*` stands for any characters. */
export function matchesPattern(pattern: string, text: string): boolean {
  const expression = pattern.split("*").map(escape).join(".*");
  return new RegExp(`^${expression}$`, "s").test(text);
}

/** True when `text` matches at least one of `patterns`. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, text));
}

function escape(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
}
