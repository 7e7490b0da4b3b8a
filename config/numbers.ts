import { exactly } from "../components/kubernetes/numbers";

/** Whether JavaScript represents a number exactly as written, so that reading it loses nothing. */
export const isExact = (text: string): boolean => {
  const number = Number(text);
  return Number.isFinite(number) && exactly(text) === exactly(String(number));
};

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON without rounding: a number that JavaScript would print differently is returned as its text, because it may be a name or a secret.
 *
 * @throws SyntaxError when the text is not JSON.
 */
export function parseExactJson(json: string): unknown {
  JSON.parse(json);
  return JSON.parse(
    json.replaceAll(TOKEN, (token) =>
      token.startsWith('"') || String(Number(token)) === token ? token : JSON.stringify(token),
    ),
  );
}

/** A value that Pulumi handed over as text: objects, numbers and words of JSON become those, and anything else stays text. */
export function valueFromText(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return text;
  }
}
