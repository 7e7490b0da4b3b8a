import { exactly } from "../components/kubernetes/numbers";

/** Whether JavaScript holds a number exactly as it is written, so that nothing is lost when it is read as one. */
export const isExact = (text: string): boolean => {
  const number = Number(text);
  return Number.isFinite(number) && exactly(text) === exactly(String(number));
};

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Reads JSON without rounding: a number that JavaScript would write otherwise than it stands there comes as its text, for it may be a name or a secret.
 *
 * @throws SyntaxError when it is not JSON.
 */
export function parseExactJson(json: string): unknown {
  JSON.parse(json);
  return JSON.parse(
    json.replaceAll(TOKEN, (token) =>
      token.startsWith('"') || String(Number(token)) === token ? token : JSON.stringify(token),
    ),
  );
}
