import { isScalar, parseDocument, visit } from "yaml";

/**
 * Reads YAML as it was written: a number whose text JavaScript would write otherwise (one above 2^53, `1.0`, `1E6`) comes as that text. What the config means by it,
 * its schema says.
 *
 * @throws when it is not YAML, with where
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
