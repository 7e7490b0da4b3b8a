/**
 * Reads a Java properties file: `key=value` lines, comments after `#` or `!`, a backslash to go on in the next line. The
 * last of two equal keys counts.
 *
 * @see https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html
 */
export function parseProperties(text: string): Map<string, string> {
  const lines = text.replace(/\\\r?\n[ \t]*/g, "").split(/\r?\n/);
  const entries = lines
    .map((line) => line.trimStart())
    .filter((line) => line !== "" && !/^[#!]/.test(line))
    .map((line): [string, string] => {
      const [, key = line, value = ""] = /^([^=:\s]+)\s*[=:\s]\s*(.*)$/.exec(line) ?? [];
      return [key, value.trim()];
    });
  return new Map(entries);
}
