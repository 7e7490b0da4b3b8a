import { isScalar, parseDocument, visit } from "yaml";

/**
 * Reads YAML and keeps numbers as written: a number that JavaScript would print differently (above 2^53, `1.0`, `1E6`) is returned as text. The
 * config's schema decides what it means.
 *
 * @throws when the text is not YAML, with the position
 */
export function parseExactYaml(text: string): unknown {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) {
    throw error;
  }
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar(node) && typeof node.value === "number" && String(node.value) !== node.source) {
        node.value = node.source;
      }
    },
  });
  return document.toJS() as unknown;
}
