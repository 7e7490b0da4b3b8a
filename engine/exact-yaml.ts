import { isScalar, LineCounter, parseDocument, visit } from "yaml";

/** Tags of the values that JSON has, too. */
const TAGS = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq|merge)$/;

/**
 * Reads YAML and keeps numbers as written: a number that JavaScript would print differently (above 2^53, `1.0`, `1E6`) is returned as text. The
 * config's schema decides what it means. Merge keys (`<<`) are merged, as the Pulumi CLI does.
 *
 * @throws when the text is not one document of YAML, or has tags that mean nothing here, with the position. The text itself stays out of the error,
 *   because it may contain secrets.
 */
export function parseExactYaml(text: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, merge: true, prettyErrors: false });
  const [error] = [...document.errors, ...document.warnings];
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    const what = error.code === "MULTIPLE_DOCS" ? "a second document begins, and only one is read" : error.message;
    throw new Error(`line ${line}, column ${col}: ${what}`);
  }
  visit(document, {
    Node: (_, node) => {
      const { tag, range } = node;
      if (tag !== undefined && !TAGS.test(tag)) {
        const { line, col } = lineCounter.linePos(range?.[0] ?? 0);
        throw new Error(`line ${line}, column ${col}: the tag ${tag} means nothing here`);
      }
      if (isScalar(node) && typeof node.value === "number" && String(node.value) !== node.source) {
        node.value = node.source;
      }
    },
  });
  return document.toJS() as unknown;
}
