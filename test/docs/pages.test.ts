import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { KAFKA_VERSIONS } from "../../config/kafka";
import { parseConfig } from "../../config/parse";
import { documents, ROOT } from "./commands";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const PAGES = documents();

/** Text without code blocks and code marks, where brackets are no links. */
const prose = (text: string) => text.replaceAll(/^ *```.*?^ *```$/gms, "").replaceAll(/`[^`\n]*`/g, "");

/** GitHub's anchors of a page's headings. */
function anchorsOf(file: string): string[] {
  const headings = read(file).matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("the pages", () => {
  it("link to files and headings that exist", () => {
    const links = PAGES.flatMap((file) =>
      [...prose(read(file)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({ file, target })),
    ).filter(({ target }) => !/^\w+:/.test(target));
    assert.ok(links.length > 100, `${links.length} are found`);
    const broken = links.filter(({ file, target }) => {
      const [path = "", anchor] = target.split("#");
      const to = path === "" ? file : join(dirname(file), path);
      if (!existsSync(join(ROOT, to))) return true;
      return anchor !== undefined && to.endsWith(".md") && !anchorsOf(to).includes(anchor);
    });
    assert.deepEqual(broken, []);
  });

  for (const file of PAGES) {
    const blocks = [...read(file).matchAll(/^( *)```yaml\n(.*?)^\1```$/gms)].map(([, , body = ""]) => body);
    const stackFiles = blocks.filter((block) => block.includes("kafka-stack:"));
    if (stackFiles.length === 0) continue;
    it(`show parts of stack files that are accepted: ${file}`, () => {
      for (const block of stackFiles) {
        const content = parse(block) as Record<string, unknown>;
        const keys = Object.entries((content.config ?? content) as Record<string, unknown>);
        const config = Object.fromEntries(keys.map(([key, value]) => [key.replace("kafka-stack:", ""), value]));
        const registry = config.registry as Record<string, unknown> | undefined;
        // A page sets passwords by a command, which encrypts them.
        if (registry?.username !== undefined) registry.password = "secret";
        const result = parseConfig(config);
        assert.deepEqual(result.ok ? [] : result.problems, [], block);
      }
    });
  }

  it("name every Kafka version that a stack may run", () => {
    for (const file of ["README.md", "docs/support.md"]) {
      for (const version of Object.values(KAFKA_VERSIONS).flat()) {
        assert.ok(read(file).includes(version), `${file} does not name ${version}`);
      }
    }
  });
});
