import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { format, resolveConfig } from "prettier";
import { stackFileSchema } from "./json-schema";
import { projectFile } from "./project-file";
import { reference } from "./reference";

/** The project's directory. */
export const ROOT = resolve(__dirname, "../..");

/** The files that are generated from the config's schema: contents by path from the project's directory. */
export async function generated(): Promise<Map<string, string>> {
  const files = {
    "docs/configuration.md": reference(),
    "schema/kafka-stack.schema.json": JSON.stringify(stackFileSchema("kafka-stack")),
    "Pulumi.yaml": projectFile(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8")),
  };
  const style = await resolveConfig(join(ROOT, "package.json"));
  const formatted = Object.entries(files).map(async ([path, content]): Promise<[string, string]> => [
    path,
    await format(content, { ...style, filepath: path }),
  ]);
  return new Map(await Promise.all(formatted));
}
