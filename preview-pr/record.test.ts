import { strict as assert } from "node:assert";
import { parseConfig } from "../config/parse";
import { paths, metaOf, schemaAt } from "../config/walk";
import { stackSchema } from "../config/schema";
import { placeholder } from "./record";

describe("placeholders for encrypted values", () => {
  it("have the form that each secret must have", () => {
    const secrets = paths(stackSchema).filter((path) => {
      const schema = schemaAt(stackSchema, path, {});
      return schema !== undefined && metaOf(schema).secret === true;
    });
    assert.ok(secrets.length >= 4);
    for (const path of secrets) {
      const key = String(path.at(-1));
      const raw = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), placeholder(key));
      const result = parseConfig(raw as Record<string, unknown>);
      const found = result.ok ? [] : result.problems.filter(({ message }) => message.startsWith("the secret"));
      assert.deepEqual(found, [], path.join("."));
    }
  });
});
