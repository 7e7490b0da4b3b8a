import { readFile } from "node:fs/promises";
import { z } from "zod";
import { RefusedError } from "./refused.js";

/**
 * Reads a JSON file against a schema.
 *
 * @param what - what it declares, for errors
 * @throws {@link RefusedError} naming every wrong field.
 */
export async function readJsonFile<Form extends z.ZodType>(
  path: string,
  form: Form,
  what: string,
): Promise<z.output<Form>> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new RefusedError(`${path} cannot be read: ${(error as Error).message}`);
  });
  return parseJson(text, path, form, what);
}

/** {@link readJsonFile} for a text; `source` is its name in errors. */
export function parseJson<Form extends z.ZodType>(
  text: string,
  source: string,
  form: Form,
  what: string,
): z.output<Form> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new RefusedError(`${source} is not JSON: ${(error as Error).message}`);
  }
  const result = form.safeParse(json);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "it"}: ${issue.message}`);
  throw new RefusedError(`${source} does not declare ${what} as it should: ${problems.join("; ")}.`);
}
