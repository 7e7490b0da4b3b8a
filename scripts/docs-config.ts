/** Writes docs/configuration.md, schema/kafka-stack.schema.json and the `config:` block of Pulumi.yaml from the config's schema. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT, generated } from "./docs";

void (async () => {
  for (const [path, content] of await generated()) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), content);
  }
})();
